import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callRecord } from '../../../core/call-record.ts';
import { type Run, runProgram } from './run-program.ts';

const runner = fileURLToPath(new URL('./run-records.ts', import.meta.url));

const records = (args: readonly string[], input: string | Uint8Array = ''): Promise<Run> =>
  runProgram(runner, ['records', ...args], input);

const jsonLines = (text: string): unknown[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const nortel: { readonly lines: readonly string[] } = JSON.parse(
  readFileSync(new URL('../../recordings/smdr/nortel-meridian-1.json', import.meta.url), 'utf8'),
);
const printed = `${nortel.lines.join('\r\n')}\r\n\fno such line\r\n`;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-records-'));
});
afterAll(() => rm(folder, { recursive: true }));

// Each run starts a Node: 0.3 s alone, several under a whole suite on two cores.
describe('hookline records', { timeout: 60_000 }, () => {
  it('lists every layout with what proves it', async () => {
    const run = await records(['layouts', '--json']);
    const rows: readonly { readonly id: string; readonly unproven: boolean; readonly state: string }[] = JSON.parse(
      run.out,
    );
    const state = Object.fromEntries(rows.map((row) => [row.id, row.state]));
    expect(state).toMatchObject({
      'mitel-5000': 'proven',
      'mitel-sx-200': 'partly',
      'avaya-ip-office': 'proven',
      'avaya-definity-teleseer': 'unproven',
      'panasonic-kx-td': 'unproven',
      'panasonic-pattern-a': 'unproven',
      'panasonic-pattern-b': 'unproven',
      'panasonic-pattern-c': 'unproven',
      'nortel-meridian-1': 'partly',
      'nec-sl1100': 'unproven',
      'siemens-hipath-compressed': 'unproven',
      'samsung-dcs': 'proven',
      'samsung-officeserv': 'unproven',
      'lg-ipecs': 'unproven',
    });
    for (const row of rows) expect(row.unproven).toBe(row.state === 'unproven');
    expect((await records(['layouts'])).out).toMatch(/lg-ipecs +unproven +LG-Ericsson iPECS/);
  });

  it('decodes a file and standard input alike: records, what fitted nothing, counts', async () => {
    const path = join(folder, 'cdr.txt');
    await writeFile(path, printed);
    const args = ['--layout', 'nortel-meridian-1', '--day', '2026-05-10', '--json'];
    const run = await records(['decode', ...args, path]);
    expect(await records(['decode', ...args, '-'], printed)).toEqual(run);
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: expect.stringMatching(/partly proven/) });
    const lines = jsonLines(run.out);
    expect(lines).toMatchObject([
      { kind: 'record', record: { extension: '2343', startedAt: { date: '2026-05-09', time: '07:46' } } },
      { kind: 'record', record: { extension: '2463', durationSeconds: 72, legs: [{ line: 1 }, { line: 3 }] } },
      { kind: 'unread', line: 4, text: 'no such line', reason: 'no-shape' },
      { kind: 'counts', lines: 4, fitted: 3, records: 2, unread: 1, headings: 0, dates: 0 },
    ]);
    for (const line of lines) {
      if (typeof line === 'object' && line !== null && 'record' in line) callRecord.parse(line.record);
    }
  });

  it('prints a line a record for people', async () => {
    const run = await records(['decode', '--layout', 'nortel-meridian-1', '-'], printed);
    expect(run.out).toMatch(/--05-09 07:46 +outbound +2343 +19995567563 +lasted 72 s/);
    expect(run.out).toContain('?  line 4: no such line\n');
    expect(run.out).toMatch(/4 lines: 2 records, 1 kept unread, 0 headings, 0 dates\.\n$/);
  });

  it('follows a switch that brings its log, and counts at Ctrl-C', async () => {
    const child = spawn(process.execPath, [
      ...[runner, 'records', 'follow', '--layout', 'nortel-meridian-1', '--listen', '0', '--json'],
    ]);
    let out = '';
    const lines = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        out += chunk;
        if (out.includes('no such line')) resolve();
      });
    });
    const port = new Promise<number>((resolve) => {
      child.stderr.on('data', (chunk) => {
        const found = /"listening","port":(\d+)/.exec(String(chunk));
        if (found !== null) resolve(Number(found[1]));
      });
    });
    const ended = once(child, 'close');
    const peer = connect(await port, '127.0.0.1');
    peer.write(printed);
    await lines;
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    peer.destroy();
    expect(jsonLines(out)).toMatchObject([
      { kind: 'record', record: { extension: '2343' } },
      { kind: 'record', record: { extension: '2463', legs: [{}, {}] } },
      { kind: 'unread', text: 'no such line' },
      { kind: 'counts', lines: 4, fitted: 3, records: 2, unread: 1, headings: 0, dates: 0 },
    ]);
  });

  it('connects again to a switch that was lost in the middle of a line, until Ctrl-C', async () => {
    const [first = '', second = '', third = ''] = printed.split('\r\n');
    const sent = [`${first}\r\n${second.slice(0, 20)}`, `${second}\r\n${third}\r\n`];
    const server = createServer((socket) => socket.end(sent.shift() ?? ''));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const child = spawn(process.execPath, [
      ...[runner, 'records', 'follow', '--layout', 'nortel-meridian-1', '--connect', `127.0.0.1:${port}`, '--json'],
    ]);
    let out = '';
    const lines = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk) => {
        out += chunk;
        if (out.split('\n').length > 3) resolve();
      });
    });
    const ended = once(child, 'close');
    await Promise.race([lines, ended]);
    child.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    server.close();
    expect(jsonLines(out)).toMatchObject([
      { kind: 'unread', text: second.slice(0, 20) },
      { kind: 'record' },
      { kind: 'record' },
      { kind: 'counts', lines: 4, unread: 1 },
    ]);
  });

  it("reads by a layout of one's own", async () => {
    const path = join(folder, 'own.json');
    const own = {
      ...{ id: 'own', title: 'A switch of our own', source: 'its manual', proof: 'nothing yet', dateOrder: 'dmy' },
      shapes: [
        {
          name: 'call',
          unproven: true,
          form: {
            kind: 'words',
            parts: ['date:date', 'time:time', 'condition:{IN,OUT}', 'extension:station', 'duration:duration'],
          },
          rules: [{ when: [{ value: 'condition', equals: ['IN'] }], direction: 'inbound' }],
        },
      ],
    };
    await writeFile(path, JSON.stringify(own));
    const run = await records(['decode', '--layout', path, '--json', '-'], '21/11/26 09:15 IN 201 00:01:05\n');
    expect(jsonLines(run.out)).toMatchObject([
      {
        record: {
          direction: 'inbound',
          extension: '201',
          durationSeconds: 65,
          isUnproven: true,
          startedAt: { date: '2026-11-21' },
        },
      },
      { kind: 'counts', records: 1 },
    ]);
    await writeFile(
      path,
      JSON.stringify({ ...own, shapes: [{ ...own.shapes[0], form: { kind: 'words', parts: ['a:nothing'] } }] }),
    );
    const refused = await records(['decode', '--layout', path, '-'], '');
    expect(refused).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/own\.json:1: shapes\[0\]\.form\.parts\[0\]: is no part/),
    });
  });

  it('refuses in words, with nothing on standard output', async () => {
    const refusals: readonly (readonly [readonly string[], number, RegExp])[] = [
      [['decode', '--layout', 'rolm', '-'], 2, /no layout rolm/],
      [['decode', '--layout', 'mitel-5000', '/no/such/file'], 2, /no such file/],
      [['decode', '--layout', 'mitel-5000', '--day', '2026-02-30', '-'], 1, /A day looks like/],
      [['decode', '-'], 1, /--layout/],
      [['follow', '--layout', 'mitel-5000'], 2, /one of --connect, --listen and --port/],
      [['follow', '--layout', 'mitel-5000', '--port', '/dev/x', '--line', '9600'], 1, /A line looks like/],
      [['follow', '--layout', 'mitel-5000', '--connect', 'nowhere:99999'], 1, /An address looks like/],
    ];
    for (const [args, code, words] of refusals) {
      const run = await records(args);
      expect({ code: run.code, out: run.out }).toEqual({ code, out: '' });
      expect(run.err).toMatch(words);
    }
  });
});
