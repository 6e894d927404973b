import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import {
  arrows,
  buildFiles,
  compositionRoots,
  corePackages,
  emptyNames,
  fileLinesMax,
  type Room,
  recordingBuiltins,
  soleImporters,
  topEntries,
} from './house-rules.ts';
import { type ImportFound, readSource } from './import-reader.ts';

/** One breach of the house's rules, with a sentence that says what to do. `line` is 0 when the whole file is meant. */
export type Breach = { readonly path: string; readonly line: number; readonly says: string };

/**
 * Inspects a tree: paths relative to the root, with `/`, each with its text (the text of files that are not code is not
 * read and may be empty). Gives every breach of architecture.md and of the rules on files and names, in path order.
 */
export function inspectHouse(tree: ReadonlyMap<string, string>): readonly Breach[] {
  const breaches: Breach[] = [];
  for (const [path, text] of [...tree].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const add = (line: number, says: string): void => {
      breaches.push({ path, line, says });
    };
    for (const says of inspectName(path)) add(0, says);
    if (!isCode(path)) continue;
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    if (lines > fileLinesMax) add(0, `has ${lines} lines, over ${fileLinesMax}: it holds two ideas, make it two files`);
    const reading = readSource(path, text);
    if (reading.isBarrel) add(0, 'only re-exports (a barrel): import from the file that has the thing');
    for (const found of reading.imports) for (const says of inspectImport(path, found)) add(found.line, says);
    if (roomOf(path) === 'core') {
      for (const { name, line } of reading.exportsWithoutDocstring) add(line, `exports ${name} without a docstring`);
    }
  }
  return breaches;
}

/** The room a path lies in, or `null` outside of all rooms. */
export function roomOf(path: string): Room | null {
  const [top, ...rest] = path.split('/');
  return rest.length > 0 && top !== undefined && isRoom(top) ? top : null;
}

function isRoom(name: string): name is Room {
  return Object.hasOwn(arrows, name);
}

function isCode(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path) && roomOf(path) !== null;
}

/** Language tags (zh-CN) keep their own capitals; dots separate a name from its kinds (call.test.ts). */
const kebabName = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

function inspectName(path: string): string[] {
  const says: string[] = [];
  const names = path.split('/');
  const [top] = names;
  const mayLieAtTop = topEntries.some((entry) => (typeof entry === 'string' ? entry === top : entry.test(top ?? '')));
  if (!mayLieAtTop) says.push(`${top} may not lie at the top: see architecture.md`);
  if (names.length === 1) return says;
  for (const name of names) {
    const [stem = ''] = name.split('.');
    if (emptyNames.includes(stem)) says.push(`${name}: a name that says nothing; name it after what it does`);
    const plain = name.replaceAll('zh-CN', 'zh-cn').replace(/^README(?=\.)/, 'readme');
    if (!kebabName.test(plain)) says.push(`${name}: names are kebab-case`);
  }
  if (/(^|\/)index\.[cm]?[jt]sx?$/.test(path)) says.push('no index files: name it after what it exports');
  return says;
}

function inspectImport(path: string, found: ImportFound): string[] {
  const room = roomOf(path);
  if (room === null || room === 'test') return [];
  if (found.specifier === null) {
    return room === 'main' ? [] : [`a computed ${found.kind} in ${room}: nobody can say where that arrow points`];
  }
  if (found.specifier.startsWith('.')) return inspectArrow(path, room, found.kind, found.specifier);
  // `new URL('x', import.meta.url)` and a reference path are relative without a dot; a reference may also name types.
  if (found.kind === 'address') return inspectArrow(path, room, found.kind, `./${found.specifier}`);
  return inspectPackage(path, room, found.specifier);
}

function inspectArrow(path: string, room: Room, kind: ImportFound['kind'], specifier: string): string[] {
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  const targetRoom = roomOf(target.split('*')[0] ?? target);
  if (targetRoom === null) {
    const isData = target.startsWith('assets/') || target === 'package.json';
    return isData && room !== 'core' ? [] : [`imports ${target}, which lies outside the rooms`];
  }
  if (targetRoom !== room && !arrows[room].includes(targetRoom))
    return [`${room} may not import ${targetRoom} (${target})`];
  // Pointing another process at a root is how a root is started; importing one is what is forbidden.
  if (kind !== 'address' && compositionRoots.includes(target)) return [`imports the composition root ${target}`];
  return [];
}

function inspectPackage(path: string, room: Room, specifier: string): string[] {
  if (/^(\/|file:|https?:|#)/.test(specifier)) return [`imports ${specifier}: neither a package nor a file of a room`];
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (isBuiltin(specifier)) {
    return mayImportBuiltin(path, room, specifier) ? [] : [`${room} may not import Node's ${specifier}`];
  }
  if (room === 'core' && !corePackages.includes(name))
    return [`core may not import ${name}: only ${corePackages.join(', ')}`];
  const owners = Object.hasOwn(soleImporters, name) ? soleImporters[name] : undefined;
  if (owners !== undefined && !owners.includes(path)) return [`only ${owners.join(' and ')} may import ${name}`];
  return [];
}

function mayImportBuiltin(path: string, room: Room, specifier: string): boolean {
  if (room === 'core') return false;
  if (room === 'renderer') return buildFiles.includes(path);
  return room !== 'recording' || recordingBuiltins.includes(specifier);
}
