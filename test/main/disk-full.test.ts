import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reserveBytes } from '../../main/store/reserve.ts';
import { startWholeSeat } from './whole-seat.ts';

/** Room for the database, the reserve (which wants four times its size free to be taken) and a little sound. */
const diskBytes = reserveBytes * 5;

/** A real small disk; only root may mount one, and CI is root. */
test.skipIf(process.getuid?.() !== 0)(
  'on a full disk the call goes on, the agent is told, and the log is written where sound no longer is',
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'hookline-small-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', directory]);
    try {
      const running = await startWholeSeat(directory);
      const { seat, profile } = running;
      await expect.poll(() => freeBytes(directory)).toBeLessThan(diskBytes - reserveBytes);

      const remote = { number: '6001', displayName: '' };
      seat.report({ kind: 'call-offered', at: 1, callId: 'c', remote, line: 'practice', sipCallId: '' });
      seat.report({ kind: 'call', callId: 'c', event: { kind: 'established', at: 2 } });
      const { recordingId } = await seat.recordings.begin('c');
      const sound = new Uint8Array(8_192);
      const chunk = (n: number) => ({ recordingId, segment: 0, atMs: n * 900, durationMs: 900, sound });
      expect(await seat.recordings.append(chunk(0))).toEqual({ kind: 'kept' });

      fill(directory);
      // Whatever room the file system still finds for a chunk, there is soon none.
      const outcomes = new Set<string>();
      for (let n = 1; n < 40; n += 1) outcomes.add((await seat.recordings.append(chunk(n))).kind);
      expect(outcomes).toContain('disk-full');
      expect([seat.view.value.recording, seat.view.value.calls[0]?.state.kind]).toEqual([{ c: 'stopped' }, 'talking']);
      expect(seat.notices.takeEarly()).toContainEqual({ code: 'recording-stopped-disk-full', detail: 'c' });

      for (let n = 0; n < 50; n += 1) seat.report({ kind: 'digits-sent', callId: 'c', at: 3, count: 1 });
      seat.report({ kind: 'call', callId: 'c', event: { kind: 'ended', at: 4, cause: 'hung-up-there' } });
      expect([seat.view.value.lights.data.code, seat.view.value.calls]).toEqual(['saved', []]);
      expect(profile.store.callRow('c')).toMatchObject({ endedAt: 4, recordingEnd: 'disk-full' });
      await running.close();
    } finally {
      execFileSync('umount', ['-l', directory]);
      rmSync(directory, { recursive: true });
    }
  },
  30_000,
);

function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

function fill(directory: string): void {
  for (let size = freeBytes(directory); size > 0; size = freeBytes(directory)) {
    writeFileSync(join(directory, `filler-${size}`), new Uint8Array(size));
  }
}
