import { expect, test } from 'vitest';
import type { EnrolOutcome } from '../../../core/hub-console-api.ts';
import { type EnrolmentKeeper, enrolSeat } from '../../../main/sync/enrol-seat.ts';
import { readKeptEnrolment } from '../../../main/sync/kept-enrolment.ts';
import { newFolder, noon, startHub } from '../../hub/some-hub.ts';
import { startBadProxy } from './bad-proxy.ts';
import { codeOf } from './some-seat-hub.ts';

/** A keeper in memory; `isFull` says when its disk takes nothing. */
function keeper(isFull: () => boolean = () => false): EnrolmentKeeper & { kept(): string | null } {
  let kept: string | null = null;
  return {
    secret: () => kept,
    setSecret: (_name, value) => {
      if (isFull()) throw new Error('no room');
      kept = value;
    },
    kept: () => kept,
  };
}

const enrol = (text: string, of: EnrolmentKeeper): Promise<EnrolOutcome> =>
  enrolSeat({ text, seat: 'seat-1', keeper: of, now: () => noon });

test('an answer that is lost after the hub took the code: the code is used up, and a new one for this seat serves', async () => {
  const hub = await startHub(newFolder());
  const proxy = await startBadProxy(hub.url, ({ number }) => (number === 0 ? 'answer-lost' : 'through'));
  const mine = keeper();
  const code = await codeOf(hub);
  const first = await enrol(`${proxy.url} ${code}`, mine);
  expect(first).toMatchObject({ kind: 'refused', why: 'unreachable' });
  expect('detail' in first && first.detail).toMatch(/--renews seat-1/);
  expect(await enrol(`${proxy.url} ${code}`, mine)).toMatchObject({
    why: 'unknown-code',
    detail: 'HTTP 403 UNKNOWN_CODE; a code made with --renews seat-1 gives this seat a key',
  });
  expect(await enrol(`${proxy.url} ${await codeOf(hub)}`, mine)).toMatchObject({ why: 'already-enrolled' });
  expect(mine.kept()).toBeNull();
  expect(await enrol(`${proxy.url} ${await codeOf(hub, 'seat-1')}`, mine)).toMatchObject({ kind: 'enrolled' });
  expect(readKeptEnrolment(mine.kept())).toMatchObject({ address: proxy.url, seat: 'seat-1', pins: [] });
});

test('a disk that takes nothing is found before the code is used', async () => {
  const hub = await startHub(newFolder());
  let isFull = true;
  const mine = keeper(() => isFull);
  const code = await codeOf(hub);
  expect(await enrol(`${hub.url} ${code}`, mine)).toEqual({ kind: 'refused', why: 'not-kept', detail: 'no room' });
  isFull = false;
  expect(await enrol(`${hub.url} ${code}`, mine)).toMatchObject({ kind: 'enrolled' });
});

test('a new key that cannot be had leaves the old one as it was', async () => {
  const hub = await startHub(newFolder());
  const mine = keeper();
  await enrol(`${hub.url} ${await codeOf(hub)}`, mine);
  const before = mine.kept();
  for (const text of [`${hub.url} WRONG`, 'http://127.0.0.1:1 CODE', 'nonsense'])
    expect(await enrol(text, mine)).toMatchObject({ kind: 'refused' });
  expect(mine.kept()).toBe(before);
});

test('too many wrong codes: told as that', async () => {
  const hub = await startHub(newFolder());
  const whys: unknown[] = [];
  for (let attempt = 0; attempt < 12; attempt += 1) {
    const outcome = await enrol(`${hub.url} WRONG-${attempt}`, keeper());
    whys.push('why' in outcome && outcome.why);
  }
  expect([whys[0], whys[11]]).toEqual(['unknown-code', 'too-many-attempts']);
});

test.each([null, '', '{', '{}', '[]', '{"address":"http://hub.example"}'])(
  '%j is no enrolment that was kept',
  (text) => {
    expect(readKeptEnrolment(text)).toBeNull();
  },
);
