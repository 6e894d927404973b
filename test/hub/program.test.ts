import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { readHubOptions } from '../../hub/hub-options.ts';
import { runProgram } from '../main/cli/run-program.ts';
import { ask, keyOf, newFolder, seatKey, startHub } from './some-hub.ts';

const hookline = new URL('../../main/cli/hookline.ts', import.meta.url).pathname;

function folderOf(place: ReturnType<typeof newFolder>): string {
  if (place.kind !== 'folder') throw new Error('not a folder');
  return place.path;
}

test('hookline hub: serves without any set-up, gives keys and codes beside it, verifies the trail, and stops gracefully', async () => {
  const folder = folderOf(newFolder());
  const hub = spawn(process.execPath, [hookline, 'hub', 'serve', '--data', folder, '--port', '0']);
  const reader = createInterface({ input: hub.stdout });
  const [listening] = await once(reader, 'line');
  const url = `http://127.0.0.1:${JSON.parse(String(listening)).port}`;
  const command = async (...args: readonly string[]) => {
    const { code, out } = await runProgram(hookline, [...args, '--data', folder, '--json']);
    return { code, said: JSON.parse(out) };
  };
  const supervisor = await command('hub', 'make-key', '--name', 'Li', '--role', 'supervisor');
  const made = await command('hub', 'enrol-code', '--label', 'window 1', '--minutes', '5');
  const enrolled = await ask(url, 'POST', '/v1/enrolments', null, { code: made.said.code, seat: 'seat-1' });
  expect(enrolled.status).toBe(201);
  const { cursor } = (await ask(url, 'GET', '/v1/feed', supervisor.said.key)).body;
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'alive' });
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' });
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^hookline_hub_request_seconds_count\{route="enrolment.enrol",status="201"\} 1$/m);
  expect(metrics).toMatch(/^hookline_hub_seats 1$/m);
  expect(metrics).toMatch(/^process_resident_memory_bytes \d+$/m);
  const verdict = await command('audit', 'verify');
  expect(verdict).toMatchObject({ code: 0, said: { ok: true, lines: 3, fault: null } });

  const waiting = ask(url, 'GET', `/v1/feed?waitMs=25000&cursor=${cursor}`, supervisor.said.key);
  await ask(url, 'GET', '/v1/feed', supervisor.said.key);
  hub.kill('SIGTERM');
  // Whoever waits is answered, not cut off.
  expect((await waiting).status).toBe(200);
  expect(await once(hub, 'close')).toEqual([0, null]);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
}, 60_000);

test('hookline hub make-person: a PIN that is made is told once, one that is given comes by standard input, never as an argument', async () => {
  const place = newFolder();
  const hub = await startHub(place);
  const seat = await seatKey(hub, 'seat-1');
  const make = (login: string, input: string, ...more: readonly string[]) => {
    const who = ['--login', login, '--name', 'Li Na', '--role', 'agent', '--data', folderOf(place), '--json'];
    return runProgram(hookline, ['hub', 'make-person', ...who, ...more], input);
  };
  const { pin } = JSON.parse((await make('8001', '')).out);
  expect((await ask(hub.url, 'POST', '/v1/sign-ins', seat, { login: '8001', pin })).status).toBe(200);
  expect(await make('8001', '')).toEqual({ code: 2, out: '', err: 'Somebody else signs in as 8001.\n' });
  const given = await make('8002', 'quite a sentence\n', '--pin-stdin');
  expect([given.code, given.out]).toEqual([0, expect.not.stringContaining('sentence')]);
  expect((await ask(hub.url, 'POST', '/v1/sign-ins', seat, { login: '8002', pin: 'quite a sentence' })).status).toBe(
    200,
  );
  const refused = [await make('8003', '1234\n', '--pin-stdin'), await make('8003', '', '--pin-stdin')];
  expect(refused).toEqual([
    { code: 2, out: '', err: 'This PIN is the first one anybody would try. Choose another.\n' },
    { code: 2, out: '', err: 'A PIN has 4 to 128 characters.\n' },
  ]);
}, 120_000);

test('a trail that was changed: the verifier says which line, with exit code 1; one that is not there, with 2', async () => {
  const place = newFolder();
  const hub = await startHub(place);
  await keyOf(hub, 'administrator');
  await seatKey(hub, 'seat-1');
  const { tables } = hub.parts.database;
  const verify = () => runProgram(hookline, ['audit', 'verify', '--data', folderOf(place)]);
  await sql`drop trigger audit_line_no_update`.execute(tables);
  await sql`update audit_line set subject = 'another' where position = 2`.execute(tables);
  expect(await verify()).toEqual({
    code: 1,
    out: 'The audit trail is not as it was written: line 2 is changed.\n',
    err: '',
  });
  await sql`drop table audit_line`.execute(tables);
  expect(await verify()).toEqual({ code: 2, out: '', err: expect.stringMatching(/no such table: audit_line/) });
}, 60_000);

test('the command line: what is wrong is said, and --database wants PostgreSQL', () => {
  const home = { XDG_DATA_HOME: '/data' };
  const place = { kind: 'folder', path: '/data/hookline-hub' };
  const wish = { kind: 'serve', host: '127.0.0.1', port: 7440, isBehindProxy: false, isVerbose: false };
  const recordings = { kind: 'folder', path: '/data/hookline-hub/recordings' };
  expect(readHubOptions([], home)).toEqual({ place, recordings, recordingKeyFile: null, isJson: false, wish });
  const url = 'postgres://hub@db/hub';
  expect(readHubOptions([], { HOOKLINE_HUB_DATABASE: url })).toMatchObject({ place: { kind: 'postgres', url } });
  const wrong = [
    ['--database', 'mysql://x'],
    ['--data', 'x', '--database', url],
    ['serve', '--port', '99999'],
    ['make-person', '--name', 'x', '--role', 'agent'],
    ['make-person', '--login', 'a b', '--name', 'x', '--role', 'agent'],
    ['make-key', '--name', 'x', '--role', 'seat'],
    ['enrol-code', '--minutes', '0'],
    ['audit-verify', '--anchor', 'x'],
    ['dance'],
    ['serve', 'twice'],
    ['--unknown'],
  ];
  for (const args of wrong) expect(readHubOptions(args, home)).toEqual({ error: expect.stringMatching(/./) });
});

test('the hub is on this machine alone unless told otherwise, and holds out against bad requests', async () => {
  const hub = await startHub(newFolder());
  expect(new URL(hub.url).hostname).toBe('127.0.0.1');
  const seat = await seatKey(hub, 'seat-1');
  const post = async (body: string, type = 'application/json', key: string | null = seat) => {
    const headers = { 'content-type': type, ...(key === null ? {} : { authorization: `Bearer ${key}` }) };
    const response = await fetch(`${hub.url}/v1/journal`, { method: 'POST', headers, body });
    const text = await response.text();
    expect(text).not.toMatch(/at .*\.(ts|js)|node_modules/);
    return response.status;
  };
  expect({
    large: await post(`{"firstSeq":1,"entries":["${'x'.repeat(5_000_000)}"]}`),
    prototype: await post('{"firstSeq":1,"entries":[1],"__proto__":{"x":1}}'),
    nested: await post(`{"firstSeq":1,"entries":[${'['.repeat(50_000)}${']'.repeat(50_000)}]}`),
    noJson: await post('firstSeq=1', 'application/x-www-form-urlencoded'),
    half: await post('{"firstSeq":1,"entr'),
    many: await post(JSON.stringify({ firstSeq: 1, entries: Array(501).fill(null) })),
    noKey: await post('{}', 'application/json', null),
  }).toEqual({ large: 413, prototype: 400, nested: 200, noJson: 415, half: 400, many: 400, noKey: 401 });
  // Half a request is closed by a clock of the server; another one is served meanwhile.
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write('POST /v1/journal HTTP/1.1\r\nhost: x\r\ncontent-le');
  expect((await ask(hub.url, 'GET', '/v1/journal/standing', seat)).body).toEqual({ lastSeq: 1, setAsideCount: 1 });
  socket.destroy();
});
