import type { Notice } from '../core/notice.ts';
import { steadyClock } from '../core/steady-clock.ts';
import type { ConsoleServer } from './carriers/serve-console.ts';
import { serveConsole } from './carriers/serve-console.ts';
import { startDiskWatch } from './disk-watch.ts';
import { hubOfSeat } from './hub-of-seat.ts';
import { openProfile } from './open-profile.ts';
import type { Profile } from './profile-in-folder.ts';
import type { Log, SeatDevices } from './seat-ports.ts';
import { type SeatProcess, startSeat } from './seat-process.ts';
import { seatRouter } from './seat-router.ts';
import { type MachineTime, machineTime } from './sign-in/machine-time.ts';
import { seatSignIn } from './sign-in/seat-sign-in.ts';
import { fullShare } from './store/health.ts';
import type { KeyKeeper } from './store/profile-key.ts';
import type { OlderNews } from './store/restore-older.ts';

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
  /** The machine's own unless given. */
  readonly time?: MachineTime;
}): Promise<RunningOutcome> {
  const opened = await openProfile(options);
  if (opened.kind === 'refused') return opened;
  const { profile } = opened;
  const { settings } = profile;
  for (const { detail } of options.firstNotices) options.log('warn', detail);
  let isInCall = (): boolean => false;
  const time = options.time ?? machineTime();
  const ofHub = hubOfSeat(profile, options.log);
  const signIn = seatSignIn({
    store: profile.store,
    link: ofHub.hub.link,
    timing: { now: time.wall, random: Math.random, wait: time.wait },
    reading: time.reading,
    log: options.log,
  });
  const seat = startSeat({
    ...profile,
    hub: ofHub.hub,
    signIn,
    firstNotices: [...profile.firstNotices, ...options.firstNotices],
    settings: options.isPractice ? { ...settings, account: { kind: 'practice' } } : settings,
    version: options.version,
    language: options.locale.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en',
    devices: options.devices,
    clock: { now: steadyClock(time, () => !isInCall()) },
    log: options.log,
  });
  ofHub.start(seat);
  isInCall = () => seat.view.value.calls.length > 0;
  void profile.pages?.look().then((page) => {
    if (page !== null) seat.notices.tell({ code: 'log-doubtful', detail: String(page) });
  });
  profile.older?.start((news) => {
    seat.notices.tell(noticeOf(news));
    // What nobody here has any more the hub may have.
    if (news.kind === 'done') ofHub.hub.tryNow();
  });
  const disk = startDiskWatch({
    share: () => shareOrUnknown(options.directory),
    tell: (notice) => seat.notices.tell(notice),
  });
  const trying = setInterval(() => void tryDisk(seat, profile), tryDiskEveryMs);
  trying.unref();
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
        clearInterval(trying);
        served.close();
        await seat.close();
        await ofHub.close();
        await profile.close();
      },
    },
  };
}

function noticeOf(news: OlderNews): Notice {
  if (news.kind === 'coming') return { code: 'log-older-coming', detail: String(news.entries) };
  return news.lost > 0 ? { code: 'log-mended-lost', detail: String(news.lost) } : { code: 'log-mended', detail: '' };
}

/** How often a disk that took nothing is tried again: soon after somebody mended it, and little work until then. */
const tryDiskEveryMs = 5_000;

/** Writes what waits, brings a stand-in home, and says so when its disk has everything. */
async function tryDisk(seat: SeatProcess, { standIn }: Profile): Promise<void> {
  const before = standIn?.waiting() ?? 0;
  await standIn?.attempt();
  seat.tryDiskAgain();
  if (before > 0 && standIn?.waiting() === 0) seat.notices.tell({ code: 'stand-in-home', detail: '' });
}

/** 0 for a disk that doesn't say: what can't be known is not told. */
function shareOrUnknown(directory: string): number {
  try {
    return fullShare(directory);
  } catch {
    return 0;
  }
}
