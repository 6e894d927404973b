import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where a person's profile lies when nobody says otherwise: the place each system has for an application's data. */
export function profileFolder(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
  home: string = homedir(),
): string {
  switch (platform) {
    case 'win32':
      return join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'hookline');
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'hookline');
    default:
      return join(env.XDG_DATA_HOME || join(home, '.local', 'share'), 'hookline');
  }
}
