import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Made by tools, named in .gitignore, no part of the house. */
const outside = new Set(['.git', 'node_modules', 'dist', 'out', 'coverage', '.DS_Store']);

/** Reads a checkout: every file of ours by its path from the root; texts only of code, others are empty. */
export function readTree(root: string): ReadonlyMap<string, string> {
  const tree = new Map<string, string>();
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (outside.has(entry.name) || entry.name.endsWith('.tsbuildinfo')) continue;
      if (entry.isDirectory()) walk(path);
      else tree.set(path, /\.[cm]?[jt]sx?$/.test(path) ? readFileSync(join(root, path), 'utf8') : '');
    }
  };
  walk('');
  return tree;
}
