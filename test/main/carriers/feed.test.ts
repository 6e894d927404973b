import { describe, expect, test } from 'vitest';
import { Feed, Signal, SignalOverflow, signalQueueMax } from '../../../main/carriers/feed.ts';

const ended = { done: true, value: undefined };
const given = <T>(value: T) => ({ done: false, value });

describe('Feed', () => {
  test('gives the present value to each watcher, then changes; the watching begins with watch', async () => {
    const feed = new Feed('a');
    const early = feed.watch();
    feed.set('b');
    const late = feed.watch();
    expect([await early.next(), await late.next()]).toEqual([given('b'), given('b')]);
    const next = [early.next(), late.next()];
    feed.set('c');
    expect(await Promise.all(next)).toEqual([given('c'), given('c')]);
    expect(feed.value).toBe('c');
  });

  test('the very same value is no change; null and undefined are values', async () => {
    const feed = new Feed<string | null | undefined>(null);
    const watch = feed.watch();
    expect(await watch.next()).toEqual(given(null));
    feed.set(null);
    feed.set(undefined);
    expect(await watch.next()).toEqual(given(undefined));
  });

  test('a slow watcher gets the newest, never an old one after a newer one, and always the last', async () => {
    const feed = new Feed(0);
    const watch = feed.watch();
    const seen: number[] = [];
    for (let change = 1; change <= 1_000; change += 1) {
      feed.set(change);
      if (change % 300 === 0) {
        seen.push((await watch.next()).value ?? -1);
      }
    }
    seen.push((await watch.next()).value ?? -1);
    expect(seen).toEqual([300, 600, 900, 1_000]);
  });

  test('several nexts at once are answered in order', async () => {
    const feed = new Feed(0);
    const watch = feed.watch();
    const three = [watch.next(), watch.next(), watch.next()];
    feed.set(1);
    feed.set(2);
    expect(await Promise.all(three)).toEqual([given(0), given(1), given(2)]);
  });
});

describe.each([
  ['Feed', () => new Feed(0)],
  ['Signal', () => new Signal<number>()],
])('the end of a watching of a %s', (_, make) => {
  test('by return, with a next that waits', async () => {
    const source = make();
    const watch = source.watch();
    const waiting = [watch.next(), watch.next()];
    expect(await watch.return()).toEqual(ended);
    expect((await Promise.all(waiting)).at(-1)).toEqual(ended);
    expect([await watch.next(), source.watcherCount]).toEqual([ended, 0]);
  });

  test('by its AbortSignal, before and during, without an error', async () => {
    const source = make();
    const stop = new AbortController();
    const watch = source.watch(stop.signal);
    expect(source.watcherCount).toBe(1);
    const waiting = [watch.next(), watch.next()];
    stop.abort();
    expect((await Promise.all(waiting)).at(-1)).toEqual(ended);
    expect(await source.watch(stop.signal).next()).toEqual(ended);
    expect(source.watcherCount).toBe(0);
  });

  test('by leaving a loop, by throw, and by disposal', async () => {
    const source = make();
    const failed = source.watch().throw(new Error('mine'));
    await expect(failed).rejects.toThrow('mine');
    const disposed = source.watch();
    await disposed[Symbol.asyncDispose]();
    const watch = source.watch();
    if (source instanceof Signal) {
      source.send(1);
    }
    for await (const _value of watch) {
      break;
    }
    expect(source.watcherCount).toBe(0);
  });
});

describe('Signal', () => {
  test('is told once to each who watches, in order, and never replayed', async () => {
    const signal = new Signal<string>();
    expect(signal.send('nobody')).toBe(0);
    const first = signal.watch();
    expect([signal.send('a'), signal.send('b')]).toEqual([1, 1]);
    const second = signal.watch();
    expect(signal.send('c')).toBe(2);
    expect([await first.next(), await first.next(), await first.next()]).toEqual([given('a'), given('b'), given('c')]);
    expect(await second.next()).toEqual(given('c'));
  });

  test('a watcher that falls too far behind gets an error once, then the end; others are untouched', async () => {
    const signal = new Signal<number>();
    const slow = signal.watch();
    for (let sent = 0; sent < signalQueueMax; sent += 1) {
      signal.send(sent);
    }
    const other = signal.watch();
    expect([signal.send(signalQueueMax), signal.watcherCount]).toEqual([2, 1]);
    await expect(slow.next()).rejects.toBeInstanceOf(SignalOverflow);
    expect([await slow.next(), await other.next()]).toEqual([ended, given(signalQueueMax)]);
  });
});
