/** How often the clock is looked at; a machine that slept shows it by a gap. */
const lookEveryMs = 1_000;
/** Longer than any pause a busy page makes. */
const sleptMs = 5_000;

/**
 * Calls back when the way to the switch may have changed: the system is online again, its network is another one, or it
 * woke from sleep. Answers how to stop.
 */
export function watchPath(onChange: () => void): () => void {
  let lookedAt = Date.now();
  const look = setInterval(() => {
    const now = Date.now();
    const hasSlept = now - lookedAt > lookEveryMs + sleptMs;
    lookedAt = now;
    if (hasSlept) onChange();
  }, lookEveryMs);
  const network = networkInformation();
  addEventListener('online', onChange);
  network?.addEventListener('change', onChange);
  return () => {
    clearInterval(look);
    removeEventListener('online', onChange);
    network?.removeEventListener('change', onChange);
  };
}

/** The Network Information API, which Chromium has and the types of the DOM leave out. */
function networkInformation(): EventTarget | undefined {
  const network: unknown = Reflect.get(navigator, 'connection');
  return network instanceof EventTarget ? network : undefined;
}
