import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** One file a page may have. */
export interface AppFile {
  /** Where it lies. */
  readonly file: string;
  /** Its Content-Type. */
  readonly type: string;
}

/** Every file a page may ask for, by the path as it stands in an address. Fixed at start, shared by both shells. */
export type AppFiles = ReadonlyMap<string, AppFile>;

/** A folder whose files are given out: `/voices/` and where it lies. `at` begins and ends with a slash. */
export interface AppFolder {
  readonly at: string;
  readonly folder: string;
}

const typeOfEnding: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  webm: 'audio/webm',
  mp3: 'audio/mpeg',
  wasm: 'application/wasm',
};

/**
 * Lists folders once. Only regular files of a known kind get in: a symbolic link, a source map, a hidden file or
 * anything else lying there is never given out. `desk/index.html` is reached as `/desk/` too. A path is looked up in
 * the map exactly as it came, never decoded and never joined to a folder: there is no way to write `..` that leads
 * anywhere. Throws when a folder is not there.
 */
export function listAppFiles(folders: readonly AppFolder[]): AppFiles {
  const files = new Map<string, AppFile>();
  // Walked by hand: Node's recursive listing goes through links to folders.
  const walk = (at: string, folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) {
        continue;
      }
      const file = join(folder, entry.name);
      if (entry.isDirectory()) {
        walk(`${at}${entry.name}/`, file);
      }
      const type = contentType(entry.name);
      if (!entry.isFile() || type === null) {
        continue;
      }
      files.set(`${at}${entry.name}`, { file, type });
      if (entry.name === 'index.html') {
        files.set(at, { file, type });
      }
    }
  };
  for (const { at, folder } of folders) {
    walk(at, folder);
  }
  return files;
}

/** The Content-Type of a file name's ending, null for a kind that is never given out. */
export function contentType(name: string): string | null {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(typeOfEnding, ending) ? (typeOfEnding[ending] ?? null) : null;
}
