/** How the console is shown. */
export type Shell = 'electron' | 'browser' | 'demo';

/** What `npm start` was asked and what it found. */
export type ShellFacts = {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isDemo: boolean;
  readonly isHeadless: boolean;
  /** Only the address is wanted, no window. */
  readonly printsUrl: boolean;
  /** An Electron binary, or null. */
  readonly electron: string | null;
};

/**
 * Electron where there is one; else a Chromium window (or the printed address when there is none). Without a display
 * nobody could see a window, so the demo plays a call and shows what it made. `--headless` is always the browser shell.
 */
export function chooseShell(facts: ShellFacts): Shell {
  if (facts.isDemo) return 'demo';
  if (facts.printsUrl || facts.isHeadless) return 'browser';
  if (!hasDisplay(facts)) return 'demo';
  return facts.electron === null ? 'browser' : 'electron';
}

/** Whether a window could be seen. Only X11 and Wayland say so by the environment; other systems always have one. */
export function hasDisplay(facts: Pick<ShellFacts, 'platform' | 'env'>): boolean {
  if (facts.platform === 'win32' || facts.platform === 'darwin') return true;
  return Boolean(facts.env.DISPLAY) || Boolean(facts.env.WAYLAND_DISPLAY);
}
