import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runHub } from '../../hub/run-hub.ts';
import { held } from './held.ts';
import { digestHeader, patch, tus } from './recordings/raw-request.ts';
import { hubOptions } from './some-hub.ts';
import { soundOf } from './sound-of.ts';

/**
 * The power of a hub is cut while seats push and upload: everything it had answered with 2xx must be there after it, each
 * entry once, each chunk whole. `HOOKLINE_POWER_CUTS=200` is the long run.
 */
const cutsInAll = Number(process.env.HOOKLINE_POWER_CUTS ?? 10);
/** Cuts of one mount. */
const cutsPerMount = 20;
const script = new URL('../main/store/power-cut.sh', import.meta.url).pathname;
const writer = new URL('power-cut-writer.ts', import.meta.url).pathname;
const uploadBytes = 12 * 60_000;

const hasPrograms = ['mkfs.btrfs', 'mkfs.ext4'].every(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0,
);
const canMount = spawnSync('unshare', ['-m', 'sh', '-c', 'losetup -f'], { encoding: 'utf8' }).status === 0;

/** What the hub had answered up to a cut: whole lines only. */
function answered(path: string) {
  const said = readFileSync(path, 'utf8');
  const keys = new Map<string, string>();
  const entries: string[] = [];
  const uploads = new Map<string, { seat: string; number: number; path: string; offset: number }>();
  for (const line of said.slice(0, said.lastIndexOf('\n') + 1).split('\n')) {
    const [what, seat = '', second = '', third = ''] = line.split(' ');
    if (what === 'SEAT') keys.set(seat, second);
    if (what === 'ENTRY') entries.push(`${seat} ${second} ${third}`);
    if (what === 'UPLOAD') uploads.set(`${seat} ${second}`, { seat, number: Number(second), path: third, offset: 0 });
    const upload = uploads.get(`${seat} ${second}`);
    if (what === 'CHUNK' && upload !== undefined) upload.offset = Number(third);
  }
  return { keys, entries, uploads: [...uploads.values()] };
}

async function checkCut(folder: string, { keys, entries, uploads }: ReturnType<typeof answered>): Promise<void> {
  const hub = await runHub(hubOptions({ kind: 'folder', path: folder }, { now: Date.now }));
  try {
    const now = await held(hub);
    const there = now.entries.map(({ seat, seq, id }) => `${seat} ${seq} ${id}`);
    expect(new Set(there).size).toBe(there.length);
    const all = new Set(there);
    expect(entries.filter((one) => !all.has(one))).toEqual([]);
    for (const { seat, last_seq: last } of now.seats) {
      const seqs = now.entries.filter((one) => one.seat === seat).map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: last }, (_, index) => index + 1));
    }
    for (const upload of uploads.slice(-6)) {
      const as = { Authorization: `Bearer ${keys.get(upload.seat) ?? ''}` };
      const url = new URL(upload.path, hub.url).href;
      const { status, headers } = await tus('HEAD', url, as);
      const offset = Number(headers['upload-offset']);
      expect([status, offset >= upload.offset]).toEqual([200, true]);
      // The rest goes up from there; the hub's sum over the whole says whether what it had was what was sent.
      const whole = soundOf(upload.number, 0, uploadBytes);
      const length: Record<string, string> =
        headers['upload-length'] === undefined ? { 'Upload-Length': String(uploadBytes) } : {};
      if (offset < uploadBytes)
        expect((await patch(url, offset, whole.subarray(offset), { ...length, ...as })).status).toBe(204);
      expect((await tus('HEAD', url, as)).headers['repr-digest']).toBe(digestHeader(whole));
    }
  } finally {
    await hub.stop();
  }
}

test.skipIf(!hasPrograms || !canMount)(
  `${cutsInAll} cuts of a hub's power lose nothing that was answered`,
  { timeout: 120_000 + cutsInAll * 20_000 },
  async () => {
    let cuts = 0;
    let entriesInAll = 0;
    let bytesInAll = 0;
    while (cuts < cutsInAll) {
      const work = mkdtempSync(join(tmpdir(), 'hookline-hub-cuts-'));
      const wanted = String(Math.min(cutsPerMount, cutsInAll - cuts));
      const run = spawnSync('unshare', ['-m', 'sh', script, work, wanted, process.execPath, writer], {
        encoding: 'utf8',
      });
      expect(run.stderr).toBe('');
      expect(readFileSync(join(work, 'complaint'), 'utf8')).toBe('');
      let inThisMount = 0;
      for (let number = 1; existsSync(join(work, `cut.${number}`)); number += 1) {
        const was = answered(join(work, `ack.${number}`));
        await checkCut(join(work, `cut.${number}`), was);
        entriesInAll += was.entries.length;
        bytesInAll += was.uploads.reduce((sum, { offset }) => sum + offset, 0);
        inThisMount += 1;
      }
      expect(inThisMount).toBeGreaterThan(0);
      cuts += inThisMount;
      rmSync(work, { recursive: true, force: true });
    }
    expect([entriesInAll > cuts, bytesInAll > cuts]).toEqual([true, true]);
    console.log(
      `${cuts} cuts of a hub's power: ${entriesInAll} answered entries, ${bytesInAll} answered bytes looked for`,
    );
  },
);
