import { writeFileSync } from 'node:fs';
import { sql } from 'kysely';
import { BufferSource, EncodedPacketSink, Input, WEBM } from 'mediabunny';
import { expect, test } from 'vitest';
import { verifyAudit } from '../../../hub/audit/audit-table.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { ask, keyOf, newFolder, onBothDatabases, startHub } from '../some-hub.ts';
import { seatWithSound, sound } from './seat-with-sound.ts';

/** What a WebM reader that knows nothing of us finds. */
async function probe(webm: Uint8Array) {
  const input = new Input({ source: new BufferSource(webm), formats: [WEBM] });
  const track = await input.getPrimaryAudioTrack();
  if (track === null) throw new Error('no sound');
  const sink = new EncodedPacketSink(track);
  const middle = await sink.getPacket(5);
  return { codec: track.codec, seconds: await input.computeDuration(), middle: middle?.timestamp ?? null };
}

/** Who listened to what, by the audit trail. */
async function plays({ parts }: RunningHub) {
  const rows = await parts.database.tables
    .selectFrom('audit_line')
    .select(['actor', 'role', 'subject'])
    .where('action', '=', 'recording-played')
    .orderBy('position')
    .execute();
  return rows.map(({ role, subject }) => `${role} ${subject}`);
}

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

onBothDatabases((newPlace) => {
  /** PostgreSQL has no folder of its own for recordings. */
  const withStore = async () => {
    const place = await newPlace();
    const folder = newFolder();
    if (folder.kind !== 'folder') throw new Error('not a folder');
    return startHub(place, { recordings: { kind: 'folder', path: folder.path } });
  };

  test('the hub alone plays what a seat sent that is gone: one WebM that seeks, with Range', async () => {
    const hub = await withStore();
    const one = await seatWithSound(hub, 'seat-1');
    await one.record('r1');
    await one.send('r1');
    const quality = await keyOf(hub, 'quality');
    const whole = await sound(hub, quality, 'seat-1/r1');
    expect([whole.status, whole.headers.get('content-type'), whole.headers.get('accept-ranges')]).toEqual([
      200,
      'audio/webm',
      'bytes',
    ]);
    expect(whole.headers.get('hookline-complete')).toBe('yes');
    expect(whole.headers.get('hookline-damaged-chunks')).toBe(null);
    const webm = await bytesOf(whole);
    const found = await probe(webm);
    expect(found.codec).toBe('opus');
    expect(found.seconds).toBeCloseTo(8.2, 0);
    expect(found.middle).toBeCloseTo(5, 0);

    const part = await sound(hub, quality, 'seat-1/r1', { range: 'bytes=100-299' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 100-299/${webm.length}`]);
    expect(await bytesOf(part)).toEqual(webm.subarray(100, 300));
    const tail = await sound(hub, quality, 'seat-1/r1', { range: 'bytes=-10' });
    expect(await bytesOf(tail)).toEqual(webm.subarray(-10));
    const beyond = await sound(hub, quality, 'seat-1/r1', { range: `bytes=${webm.length}-` });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${webm.length}`]);
    const other = await sound(hub, quality, 'seat-1/r1', { range: 'bytes=0-1', 'if-range': '"another"' });
    expect([other.status, (await bytesOf(other)).length]).toEqual([200, webm.length]);
    const same = { range: 'bytes=0-1', 'if-range': whole.headers.get('etag') ?? '' };
    expect((await sound(hub, quality, 'seat-1/r1', same)).status).toBe(206);
    const head = await sound(hub, quality, 'seat-1/r1', {}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(webm.length)]);

    const about = await ask(hub.url, 'GET', '/v1/recordings/seat-1/r1', quality);
    expect(about.body).toMatchObject({
      recording: { seat: 'seat-1', recordingId: 'r1', callId: 'call-of-r1', isWhole: true, key: 'held' },
      info: {
        isComplete: true,
        channels: 2,
        damagedChunks: [],
        gaps: [{ atSeconds: 4.3, seconds: 1.7, reason: 'card number' }],
      },
    });
    // All of that was one listening of one key; somebody else's is another.
    expect(await plays(hub)).toEqual(['quality seat-1/r1']);
    await sound(hub, await keyOf(hub, 'supervisor'), 'seat-1/r1');
    expect(await plays(hub)).toEqual(['quality seat-1/r1', 'supervisor seat-1/r1']);
    expect((await verifyAudit(hub.parts.database, null)).fault).toBe(null);
  });

  test('a play that cannot be written down is refused, whatever is at hand, and not a byte goes out', async () => {
    const hub = await withStore();
    const one = await seatWithSound(hub, 'seat-1');
    await one.record('r1');
    await one.send('r1');
    const [quality, supervisor] = [await keyOf(hub, 'quality'), await keyOf(hub, 'supervisor')];
    expect((await sound(hub, quality, 'seat-1/r1')).status).toBe(200);
    const { tables, kind } = hub.parts.database;
    const full =
      kind === 'sqlite'
        ? `create trigger no_room before insert on audit_line begin select raise(abort, 'no room'); end`
        : 'alter table audit_line add constraint no_room check (position < 0) not valid';
    await sql.raw(full).execute(tables);
    const refused = await sound(hub, supervisor, 'seat-1/r1', { range: 'bytes=0-0' });
    expect([refused.status, refused.headers.get('content-type'), (await bytesOf(refused)).length < 200]).toEqual([
      503,
      'application/json; charset=utf-8',
      true,
    ]);
    expect(refused.headers.get('etag')).toBe(null);
  });

  test('a trail whose end was cut off takes no line any more: nothing is played', async () => {
    const hub = await withStore();
    const one = await seatWithSound(hub, 'seat-1');
    await one.record('r1');
    await one.send('r1');
    const quality = await keyOf(hub, 'quality');
    const { tables, kind } = hub.parts.database;
    await sql
      .raw(kind === 'sqlite' ? 'drop trigger audit_line_no_delete' : 'alter table audit_line disable trigger all')
      .execute(tables);
    await sql.raw('delete from audit_line where position = (select max(position) from audit_line)').execute(tables);
    expect((await sound(hub, quality, 'seat-1/r1')).status).toBe(503);
  });

  test('what a seat died in the middle of sending is heard as far as it came, and says that it is not whole', async () => {
    const hub = await withStore();
    const one = await seatWithSound(hub, 'seat-1');
    const content = await one.record('r1', { isEnded: false });
    await one.send('r1', content.length - 5_000);
    const quality = await keyOf(hub, 'quality');
    const heard = await sound(hub, quality, 'seat-1/r1');
    expect([heard.status, heard.headers.get('hookline-complete')]).toEqual([200, 'no']);
    expect((await probe(await bytesOf(heard))).seconds).toBeGreaterThan(5);
  });

  test('damaged chunks are named, and the rest plays at its own time', async () => {
    const hub = await withStore();
    const one = await seatWithSound(hub, 'seat-1');
    const content = await one.record('r1');
    // In the middle of the file: some second's sound.
    content.writeUInt8(content.readUInt8(content.length / 2) ^ 1, Math.floor(content.length / 2));
    writeFileSync(`${one.directory}/r1.hkrec`, content);
    await one.send('r1');
    const heard = await sound(hub, await keyOf(hub, 'quality'), 'seat-1/r1');
    expect(heard.headers.get('hookline-complete')).toBe('no');
    expect(heard.headers.get('hookline-damaged-chunks')).toMatch(/^\d+$/);
    expect((await probe(await bytesOf(heard))).seconds).toBeCloseTo(8.2, 0);
  });

  test('both copies of the head gone: the hub, which has the key apart, plays every second', async () => {
    const hub = await withStore();
    const one = await seatWithSound(hub, 'seat-1');
    const content = await one.record('r1');
    await one.wrapOf('r1');
    writeFileSync(`${one.directory}/r1.hkrec`, content.fill(0, 0, 1024));
    await one.send('r1');
    const heard = await sound(hub, await keyOf(hub, 'quality'), 'seat-1/r1');
    expect(heard.status).toBe(200);
    expect((await probe(await bytesOf(heard))).seconds).toBeCloseTo(8.2, 0);
  });

  test('without a key, with a wrap of another recording, or none at all: said so, and nothing is heard', async () => {
    const hub = await withStore();
    const one = await seatWithSound(hub, 'seat-1');
    for (const id of ['r1', 'r2', 'r3']) await one.record(id);
    const quality = await keyOf(hub, 'quality');
    await one.begin('r1', { key: null });
    await one.begin('r2', { key: await one.wrapOf('r1') });
    await one.begin('r3', { key: 'nonsense' });
    const states = (await ask(hub.url, 'GET', '/v1/recordings', quality)).body.rows;
    expect(states.map(({ recordingId, key }: Record<string, string>) => [recordingId, key]).toSorted()).toEqual([
      ['r1', 'no-key'],
      ['r2', 'unreadable'],
      ['r3', 'no-key'],
    ]);
    for (const id of ['r1', 'r2', 'r3']) expect((await sound(hub, quality, `seat-1/${id}`)).status).toBe(409);
    // Told once more with the right one, it can be heard.
    await one.send('r2');
    expect((await sound(hub, quality, 'seat-1/r2')).status).toBe(200);
    expect((await sound(hub, quality, 'seat-1/unknown')).status).toBe(404);
    expect((await sound(hub, quality, 'seat-1/..%2fr2')).status).toBe(404);
  });

  test('recordings are listed by seat, call and time, page by page; wrapped keys are nowhere in what is told', async () => {
    const hub = await withStore();
    const one = await seatWithSound(hub, 'seat-1');
    const two = await seatWithSound(hub, 'seat-2');
    for (const id of ['a', 'b', 'c']) {
      await one.record(id);
      await one.send(id);
    }
    await two.record('a');
    await two.send('a');
    const quality = await keyOf(hub, 'quality');
    const list = async (query: string) => (await ask(hub.url, 'GET', `/v1/recordings?${query}`, quality)).body;
    const names = ({ rows }: { rows: { seat: string; recordingId: string }[] }) =>
      rows.map(({ seat, recordingId }) => `${seat}/${recordingId}`);
    expect(names(await list(''))).toEqual(['seat-2/a', 'seat-1/c', 'seat-1/b', 'seat-1/a']);
    expect(names(await list('seat=seat-2'))).toEqual(['seat-2/a']);
    expect(names(await list('callId=call-of-b'))).toEqual(['seat-1/b']);
    const first = await list('limit=3');
    expect(names(await list(`limit=3&after=${first.next}`))).toEqual(['seat-1/a']);
    const [{ at }] = first.rows;
    expect(names(await list(`to=${at}`))).toEqual([]);
    expect(names(await list(`from=${at}`))).toHaveLength(4);
    expect((await ask(hub.url, 'GET', '/v1/recordings?after=x', quality)).status).toBe(410);
    expect(JSON.stringify(first)).not.toContain((await one.wrapOf('a')) ?? 'no wrap');
  });
});

test('only who may hear hears: every role on the sound itself', async () => {
  const hub = await startHub(newFolder());
  const one = await seatWithSound(hub, 'seat-1');
  await one.record('r1');
  await one.send('r1');
  const found: Record<string, number> = { seat: (await sound(hub, one.key, 'seat-1/r1')).status };
  for (const role of ['agent', 'attendant', 'supervisor', 'quality', 'administrator', 'auditor'] as const)
    found[role] = (await sound(hub, await keyOf(hub, role), 'seat-1/r1')).status;
  expect({ ...found, nobody: (await sound(hub, null, 'seat-1/r1')).status }).toEqual({
    seat: 403,
    agent: 403,
    attendant: 403,
    supervisor: 200,
    quality: 200,
    administrator: 403,
    auditor: 403,
    nobody: 401,
  });
  expect(await plays(hub)).toEqual(['supervisor seat-1/r1', 'quality seat-1/r1']);
});
