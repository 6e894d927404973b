import { randomBytes, randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { v7 } from 'uuid';
import { createCode, enrol } from '../../hub/keys/enrolment.ts';
import { runHub } from '../../hub/run-hub.ts';
import { openLog } from '../../hub/serve/log.ts';
import { callFacts } from '../main/store/facts.ts';
import { soundOf } from './sound-of.ts';

/**
 * Run by power-cut.test.ts with a folder as its argument: a hub on SQLite, pushed to and uploaded to by some seats over
 * HTTP as fast as it answers, until the power is cut. Says SEAT, UPLOAD, ENTRY and CHUNK right after each answer.
 */
const [, , folder = ''] = process.argv;
/** Held back until the first chunk was answered: the cuts begin with the first line, and shall hit every kind of work. */
const held: string[] = [];
let isUnderWay = false;
const say = (line: string): void => {
  held.push(`${line}\n`);
  isUnderWay ||= line.startsWith('CHUNK');
  if (isUnderWay) for (const one of held.splice(0)) writeSync(1, one);
};
const hub = await runHub({
  place: { kind: 'folder', path: folder },
  host: '127.0.0.1',
  port: 0,
  isBehindProxy: false,
  log: openLog(new Writable({ write: (_chunk, _encoding, done) => done() }), 'silent'),
  now: Date.now,
  random: (bytes) => randomBytes(bytes),
  newHubId: randomUUID(),
  watch: null,
});
const seats = 3;
const chunkBytes = 60_000;
const chunksInAll = 12;

async function push(seat: string, key: string): Promise<never> {
  for (let call = 0, next = 1; ; call += 1) {
    const entries = callFacts(call).map((fact, index) => ({ seat, seq: next + index, id: v7(), at: call, ...fact }));
    next += entries.length;
    const answer = await fetch(`${hub.url}/v1/journal`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ firstSeq: entries[0]?.seq, entries }),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
    for (const { seq, id } of entries) say(`ENTRY ${seat} ${seq} ${id}`);
  }
}

async function upload(seat: string, key: string): Promise<never> {
  const as = { authorization: `Bearer ${key}` };
  for (let number = 0; ; number += 1) {
    const made = await fetch(`${hub.url}/v1/recordings/uploads`, {
      method: 'POST',
      headers: { 'Tus-Resumable': '1.0.0', 'Upload-Defer-Length': '1', ...as },
    });
    const url = new URL(made.headers.get('location') ?? '', hub.url).href;
    if (made.status !== 201) throw new Error(`upload: ${made.status}`);
    say(`UPLOAD ${seat} ${number} ${new URL(url).pathname}`);
    for (let chunk = 0; chunk < chunksInAll; chunk += 1) {
      const offset = chunk * chunkBytes;
      const isLast = chunk === chunksInAll - 1;
      const length: Record<string, string> = isLast ? { 'Upload-Length': String(offset + chunkBytes) } : {};
      const { status } = await fetch(url, {
        method: 'PATCH',
        headers: {
          'Tus-Resumable': '1.0.0',
          'Content-Type': 'application/offset+octet-stream',
          'Upload-Offset': String(offset),
          ...length,
          ...as,
        },
        body: new Uint8Array(soundOf(number, offset, chunkBytes)),
      });
      if (status !== 204) throw new Error(`chunk: ${status}`);
      say(`CHUNK ${seat} ${number} ${offset + chunkBytes}`);
    }
  }
}

await Promise.all(
  Array.from({ length: seats }, async (_, index) => {
    const seat = `seat-${index}`;
    const rig = { id: 'rig', role: 'administrator' };
    const { code } = await createCode(hub.parts, rig, { label: seat, minutes: 60, renews: null });
    const enrolled = await enrol(hub.parts, { code, seat });
    if (enrolled.kind !== 'enrolled') throw new Error(enrolled.kind);
    say(`SEAT ${seat} ${enrolled.key}`);
    await Promise.all([push(seat, enrolled.key), upload(seat, enrolled.key)]);
  }),
);
