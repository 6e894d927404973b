import { spawn } from 'node:child_process';

/** What a program did: its exit code and what it said. */
export type Run = { readonly code: number | null; readonly out: string; readonly err: string };

/** Runs a TypeScript program on this Node to its end, with `input` as its standard input. */
export function runProgram(program: string, args: readonly string[], input: string | Uint8Array = ''): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args]);
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, err }));
    // A command that refuses, or has read enough, does not read its input to the end.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
