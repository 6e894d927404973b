import type { Notice } from '../core/notice.ts';
import type { ConsoleServer } from './carriers/serve-console.ts';
import { serveConsole } from './carriers/serve-console.ts';
import { startDiskWatch } from './disk-watch.ts';
import { openProfile, type Profile } from './open-profile.ts';
import type { Log, SeatDevices } from './seat-ports.ts';
import { type SeatProcess, startSeat } from './seat-process.ts';
import { seatRouter } from './seat-router.ts';
import { fullShare } from './store/health.ts';
import type { KeyKeeper } from './store/profile-key.ts';

/** A seat that runs and is served: what both shells put their pages in front of. */
export type RunningSeat = {
  readonly seat: SeatProcess;
  readonly profile: Profile;
  readonly console: ConsoleServer;
  close(): Promise<void>;
};

/** Runs, or the sentences that say why not. */
export type RunningOutcome =
  | { readonly kind: 'running'; readonly running: RunningSeat }
  | { readonly kind: 'refused'; readonly message: string; readonly detail: string };

/** Opens a profile and runs its seat on it. `isPractice`: the practice line, whatever account is set up. */
export async function runSeat(options: {
  readonly directory: string;
  readonly keys: KeyKeeper;
  readonly devices: SeatDevices;
  /** Told to the agent beside those of the profile. */
  readonly firstNotices: readonly Notice[];
  readonly version: string;
  readonly isPractice: boolean;
  readonly locale: string;
  readonly log: Log;
}): Promise<RunningOutcome> {
  const opened = await openProfile(options);
  if (opened.kind === 'refused') return opened;
  const { profile } = opened;
  const { settings } = profile;
  for (const { detail } of options.firstNotices) options.log('warn', detail);
  const seat = startSeat({
    ...profile,
    firstNotices: [...profile.firstNotices, ...options.firstNotices],
    settings: options.isPractice ? { ...settings, account: { kind: 'practice' } } : settings,
    version: options.version,
    language: options.locale.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en',
    devices: options.devices,
    clock: { now: Date.now },
    log: options.log,
  });
  const disk = startDiskWatch({
    share: () => shareOrUnknown(options.directory),
    tell: (notice) => seat.notices.tell(notice),
  });
  const served = serveConsole(seatRouter(seat), {
    onProblem: (doing, error) => options.log('error', `${doing}: ${String(error)}`),
  });
  return {
    kind: 'running',
    running: {
      seat,
      profile,
      console: served,
      async close() {
        disk.close();
        served.close();
        await seat.close();
        profile.close();
      },
    },
  };
}

/** 0 for a disk that doesn't say: what can't be known is not told. */
function shareOrUnknown(directory: string): number {
  try {
    return fullShare(directory);
  } catch {
    return 0;
  }
}
