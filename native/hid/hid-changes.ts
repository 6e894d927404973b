import { watch } from 'node:fs';

/**
 * Tells that a HID device may have come or gone. On Linux by watching /dev for hidraw nodes; elsewhere never, and the
 * roster's slow sweep finds out. Answers how to stop.
 */
export function watchHidChanges(onChange: () => void, onTrouble: (detail: string) => void): () => void {
  if (process.platform !== 'linux') return () => undefined;
  try {
    const watcher = watch('/dev', { persistent: false }, (_event, name) => {
      if (name?.startsWith('hidraw')) onChange();
    });
    watcher.on('error', (error) => {
      onTrouble(error.message);
      watcher.close();
    });
    return () => watcher.close();
  } catch (error) {
    onTrouble(error instanceof Error ? error.message : String(error)); // Out of inotify watches: sweep only.
    return () => undefined;
  }
}
