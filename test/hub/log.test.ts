import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { plainError } from '../../hub/serve/log.ts';
import { asEntries, ask, newFolder } from './some-hub.ts';

const start = new URL('../../hub/start.ts', import.meta.url).pathname;

/** What must never stand in a log: people, numbers, what they said, and secrets. */
const planted = {
  person: 'Wang-Xiaoming',
  caller: 'Zhang-Wei-Customer',
  number: '13800138000',
  note: 'her-husband-is-ill',
  label: 'Window-of-Li-Na',
  record: 'customer-13911139111',
};

test('the log of a hub that is used and abused says what happened, and nothing of anybody', async () => {
  const place = newFolder();
  if (place.kind !== 'folder') throw new Error('not a folder');
  const run = async (...args: readonly string[]) => {
    const child = spawn(process.execPath, [start, ...args, '--data', place.path, '--json']);
    let out = '';
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
    });
    await once(child, 'close');
    return JSON.parse(out);
  };
  const { key } = await run('make-key', '--name', planted.person, '--role', 'administrator');
  const { code } = await run('enrol-code', '--label', planted.label);
  const lines: string[] = [];
  const hub = spawn(process.execPath, [start, 'serve', '--data', place.path, '--port', '0', '--verbose']);
  hub.stderr.on('data', (text: Buffer) => lines.push(text.toString()));
  const reader = createInterface({ input: hub.stdout });
  reader.on('line', (line) => lines.push(line));
  const [listening] = await once(reader, 'line');
  const url = `http://127.0.0.1:${JSON.parse(String(listening)).port}`;

  const enrolled = await ask(url, 'POST', '/v1/enrolments', null, { code, seat: 'seat-1' });
  const remote = { number: planted.number, displayName: planted.caller };
  const entries = asEntries('seat-1', 1, [
    { kind: 'call-offered', body: { callId: 'c', remote, line: 'switch', sipCallId: 's' } },
    { kind: 'call-coded', body: { callId: 'c', code: 'x', note: planted.note } },
  ]);
  const statuses = [
    await ask(url, 'POST', '/v1/journal', enrolled.body.key, {
      firstSeq: 1,
      entries: [...entries, { note: planted.note }],
    }),
    await ask(url, 'POST', '/v1/journal', enrolled.body.key, { firstSeq: 9, entries }),
    await ask(url, 'POST', '/v1/enrolments', null, { code: planted.number, seat: planted.caller }),
    await ask(url, 'PUT', `/v1/records/customers/${planted.record}`, key, {
      baseVersion: 0,
      fields: { n: planted.caller },
    }),
    await ask(url, 'PUT', `/v1/records/customers/${planted.record}`, key, {
      baseVersion: 7,
      fields: { n: planted.note },
    }),
    await ask(url, 'GET', `/v1/records/customers/${planted.record}/history`, key),
    await ask(url, 'GET', `/v1/${planted.number}?name=${planted.caller}`, key),
    await ask(url, 'GET', '/v1/calls', planted.person),
    await ask(url, 'POST', '/v1/keys', key, { name: planted.person, role: planted.note }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([200, 409, 403, 200, 409, 200, 404, 401, 400]);
  hub.kill('SIGTERM');
  expect(await once(hub, 'close')).toEqual([0, null]);

  const log = lines.join('\n');
  const messages = lines.map((line) => JSON.parse(line));
  expect(messages.map(({ msg, route }) => [msg, route].filter(Boolean).join(' '))).toEqual([
    'listening',
    'answered enrolment.enrol',
    'answered journal.push',
    'refused journal.push',
    'refused enrolment.enrol',
    'answered records.put',
    'refused records.put',
    'answered records.history',
    'refused none',
    'refused calls.list',
    'refused keys.create',
    'stopping',
    'stopped',
  ]);
  const secrets = [
    key,
    key.split('.')[1],
    code,
    enrolled.body.key,
    enrolled.body.key.split('.')[1],
    '127.0.0.1',
    'seat-1',
  ];
  for (const secret of [...Object.values(planted), ...secrets]) expect(log).not.toContain(secret);
}, 60_000);

test('an error is logged by name, code and place: the messages of databases hold values', () => {
  const cause = Object.assign(new Error(`Key (number)=(${planted.number}) already exists`), {
    code: '23505',
    detail: planted.number,
  });
  const plain = plainError(new Error(planted.note, { cause }));
  expect(plain).toMatchObject({
    name: 'Error',
    cause: '23505',
    at: expect.arrayContaining([expect.stringMatching(/log\.test/)]),
  });
  expect(JSON.stringify([plain, plainError(cause), plainError(planted.note)])).not.toMatch(/138|husband/);
});
