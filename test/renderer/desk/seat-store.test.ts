import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Notice } from '../../../core/notice.ts';
import { SeatStore } from '../../../renderer/desk/seat-store.ts';
import { FakeConsole } from './fake-console.ts';
import { seatAt } from './fake-seat.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A store that follows a fake seat, what it shows, and a way to tell it a moment. */
async function storeOnSeat() {
  const seat = new FakeConsole(seatAt(0), 0, 0);
  const store = new SeatStore(() => 0);
  store.follow({
    watch: (listener) => {
      listener(seat.console);
      return () => {};
    },
  });
  await vi.advanceTimersByTimeAsync(1);
  const tell = async (...codes: readonly Notice['code'][]): Promise<void> => {
    for (const code of codes) seat.notify({ code, detail: '' });
    await vi.advanceTimersByTimeAsync(1);
  };
  const shown = () => store.notices().map(({ code }) => code);
  return { store, tell, shown };
}
const minute = () => vi.advanceTimersByTimeAsync(60_000);

test('a moment goes by itself; what somebody has to act on stands until it is dismissed', async () => {
  const { store, tell, shown } = await storeOnSeat();
  await tell('volume', 'stand-in', 'log-mended-lost');
  await minute();
  expect(shown()).toEqual(['stand-in', 'log-mended-lost']);
  store.dismiss(store.notices()[0]?.id ?? 0);
  expect(shown()).toEqual(['log-mended-lost']);
});

test('three stand at most: passing ones make room for standing ones, and the newest always has its place', async () => {
  const { tell, shown } = await storeOnSeat();
  await tell('stand-in', 'volume', 'refused', 'log-begun-anew');
  expect(shown()).toEqual(['stand-in', 'refused', 'log-begun-anew']);
  await tell('password-lost');
  expect(shown()).toEqual(['stand-in', 'log-begun-anew', 'password-lost']);
  await tell('text-received');
  expect(shown()).toEqual(['log-begun-anew', 'password-lost', 'text-received']);
});

test('the same moment again takes the place of the first, and its time begins anew', async () => {
  const { tell, shown } = await storeOnSeat();
  await tell('volume');
  await vi.advanceTimersByTimeAsync(6_000);
  await tell('volume');
  await vi.advanceTimersByTimeAsync(6_000);
  expect(shown()).toEqual(['volume']);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(shown()).toEqual([]);
});

test('a wish of any room that does not arrive becomes a notice', async () => {
  const { store, shown } = await storeOnSeat();
  store.wish('leave-hub', () => Promise.reject(new Error('closed')));
  await vi.advanceTimersByTimeAsync(1);
  expect([shown(), store.notices()[0]?.detail]).toEqual([['ask-failed'], 'leave-hub: Error: closed']);
});
