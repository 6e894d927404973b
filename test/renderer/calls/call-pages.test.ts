import { describe, expect, it } from 'vitest';
import type { CallRow } from '../../../core/call-list.ts';
import { callPageMax } from '../../../core/console-api.ts';
import { callPages } from '../../../renderer/calls/call-pages.ts';
import { slicePeaks } from '../../../renderer/calls/peaks.ts';
import type { ListPages } from '../../../renderer/kit/list-pages.ts';
import { FakeConsole } from '../desk/fake-console.ts';
import { seatAt } from '../desk/fake-seat.ts';

const at = 1_700_000_000_000;

/** Resolves when the pages say so. */
function until(pages: ListPages<CallRow>, isDone: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = pages.watch(() => {
      if (!isDone()) return;
      stop();
      resolve();
    });
  });
}

describe('the call list in pages', () => {
  it('fetches the top, then only as far as somebody looks', async () => {
    const seat = new FakeConsole(seatAt(at), 1000, at);
    const pages = callPages(() => seat.console);
    pages.refresh();
    await until(pages, () => pages.state().total !== null);
    expect(pages.state().rows.length).toBe(callPageMax);
    pages.want(450);
    await until(pages, () => pages.state().rows.length > 450);
    expect(pages.state().rows.map((row) => row.callId)).toEqual(Array.from({ length: 600 }, (_, i) => `row-${i}`));
    expect(pages.state().total).toBe(1000);
  });

  it('answers the latest search only', async () => {
    const seat = new FakeConsole(seatAt(at), 300, at);
    const pages = callPages(() => seat.console);
    pages.search('nobody has this');
    pages.search('front desk');
    await until(pages, () => pages.state().total !== null);
    expect(new Set(pages.state().rows.map((row) => row.remote.displayName))).toEqual(new Set(['Front desk']));
  });

  it('says when it could not read, and keeps what it had', async () => {
    const seat = new FakeConsole(seatAt(at), 10, at);
    let isUp = true;
    const pages = callPages(() => (isUp ? seat.console : null));
    pages.refresh();
    await until(pages, () => pages.state().total === 10);
    isUp = false;
    pages.refresh();
    await until(pages, () => pages.state().hasFailed);
    expect(pages.state().rows.length).toBe(10);
  });
});

describe('peaks', () => {
  it('are the loudest sample of each slice, and zero where there is no sound', () => {
    expect([...slicePeaks(Float32Array.from([0, -0.5, 0.25, 1]), 2)]).toEqual([0.5, 1]);
    expect([...slicePeaks(new Float32Array(0), 2)]).toEqual([0, 0]);
  });
});
