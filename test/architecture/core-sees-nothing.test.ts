import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What core must not see: the clock and the dice are JavaScript's own and are kept out by review, the rest by the compiler. */
const unseen = [
  'process',
  'Buffer',
  'require',
  '__dirname',
  'setTimeout',
  'setImmediate',
  'console',
  'performance',
  'fetch',
  'URL',
  'crypto',
  'document',
  'window',
  'navigator',
  'localStorage',
  'HTMLElement',
  'WebSocket',
  'RTCPeerConnection',
  'AudioContext',
  'MessageChannel',
  'indexedDB',
];

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-core-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => rm(folder, { recursive: true }));

/** Type-checks one file under the very settings of tsconfig.core.json; gives the compiler's complaints. */
async function compile(source: string): Promise<string[]> {
  await writeFile(join(folder, 'made-up.ts'), source);
  const project = {
    extends: join(root, 'tsconfig.core.json'),
    compilerOptions: {
      rootDir: '.',
      composite: false,
      emitDeclarationOnly: false,
      noEmit: true,
      tsBuildInfoFile: null,
    },
    include: ['made-up.ts'],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project));
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [compiler, '--pretty', 'false', '-p', folder], (_failed, stdout) => resolve(stdout));
  });
  return output
    .trim()
    .split('\n')
    .filter((line) => line.includes('error'));
}

test('core compiles what is pure', async () => {
  const complaints = await compile(
    "import { z } from 'zod';\nimport { oc } from '@orpc/contract';\nexport const a = oc.input(z.object({ b: z.string() }));",
  );
  expect(complaints).toEqual([]);
});

test('core sees neither the DOM nor Node, even through the packages it may import', async () => {
  const imports = "import { z } from 'zod';\nimport { oc } from '@orpc/contract';\nexport const used = [z, oc];\n";
  const complaints = await compile(imports + unseen.map((name) => `export const see_${name} = ${name};\n`).join(''));
  const refused = unseen.filter((name) => complaints.some((line) => line.includes(`Cannot find name '${name}'`)));
  expect(refused).toEqual(unseen);
});

test("core cannot resolve Node's modules", async () => {
  const complaints = await compile("import { readFileSync } from 'node:fs';\nexport const a = readFileSync;");
  expect(complaints).toEqual([expect.stringMatching(/Cannot find (module|name) 'node:fs'/)]);
});
