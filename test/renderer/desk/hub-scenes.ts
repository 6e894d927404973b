import type { SeatView } from '../../../core/console-api.ts';
import { joinedAt, minuteMs, uploadsWith } from './fake-seat.ts';
import type { Scene } from './scenes.ts';

type Around = { readonly at: number; readonly idle: SeatView; readonly talking: SeatView };

/** Seats that have joined a hub, or are about to: in step, away, refused, with recordings on their way. */
export function hubScenes({ at, idle, talking }: Around): Record<string, Scene> {
  const light = (view: SeatView, state: 'good' | 'weak' | 'down', code: string, detail: string): SeatView => ({
    ...view,
    lights: { ...view.lights, data: { state, code, sinceAt: at - 47 * minuteMs, detail } },
  });
  const joined: SeatView = { ...idle, hub: joinedAt(at, {}), uploads: uploadsWith({}) };
  const awayHub = joinedAt(at, {
    state: 'away',
    sinceAt: at - 47 * minuteMs,
    waiting: 214,
    setAside: 3,
    answeredAt: at - 47 * minuteMs,
    replicaAt: at - 48 * minuteMs,
    detail: 'connect ETIMEDOUT 192.0.2.10:7420',
  });
  const away = light(
    { ...idle, hub: awayHub, uploads: uploadsWith({ state: 'hub-away', waiting: 12, setAside: 1 }) },
    'weak',
    'saved-here',
    '214',
  );
  const threeDays: SeatView = {
    ...away,
    hub: { ...awayHub, sinceAt: at - 4_321 * minuteMs, waiting: 18_412, answeredAt: at - 4_321 * minuteMs },
    uploads: uploadsWith({ state: 'hub-away', waiting: 2_013 }),
  };
  const catchingUp: SeatView = {
    ...idle,
    hub: joinedAt(at, { state: 'catching-up', sinceAt: at - 40_000, waiting: 3_120 }),
    uploads: uploadsWith({
      state: 'sending',
      waiting: 117,
      current: { recordingId: 'recording-1', sentBytes: 1_290_000, bytes: 3_000_000 },
    }),
  };
  const refusedHub = joinedAt(at, {
    state: 'refused',
    sinceAt: at - 9 * minuteMs,
    waiting: 41,
    detail: '401 No key, or one that is not valid.',
  });
  const refused = light(
    { ...idle, hub: refusedHub, uploads: uploadsWith({ state: 'hub-away', waiting: 2 }) },
    'weak',
    'hub-refused',
    '41',
  );
  const forkedHub = joinedAt(at, { state: 'forked', sinceAt: at - 9 * minuteMs, waiting: 41, detail: 'seq 48211' });
  const forked = light({ ...idle, hub: forkedHub }, 'weak', 'hub-forked', '41');
  return {
    'hub-in-step': { view: joined, isDataAsked: true },
    'hub-away': { view: away },
    'hub-away-asked': { view: away, isDataAsked: true },
    'hub-away-talking': { view: { ...talking, hub: away.hub, uploads: away.uploads, lights: away.lights } },
    'hub-three-days': { view: threeDays, isDataAsked: true },
    'hub-catching-up': { view: catchingUp, isDataAsked: true },
    'hub-paused': {
      view: { ...joined, uploads: uploadsWith({ state: 'paused', waiting: 1 }) },
      isDataAsked: true,
    },
    'hub-voice-first': {
      view: { ...talking, hub: joinedAt(at, {}), uploads: uploadsWith({ state: 'voice-first', waiting: 4 }) },
      isDataAsked: true,
    },
    'hub-refused': { view: refused },
    'hub-forked': { view: forked },
    'disk-read-only': { view: light(talking, 'down', 'disk-read-only', '12') },
    notices: {
      view: talking,
      notices: [
        { code: 'log-taken-back-part', detail: '1204, 3' },
        { code: 'recordings-let-go', detail: '48' },
        { code: 'disk-nearly-full', detail: '91 %' },
      ],
    },
    'notices-stand-in': {
      view: idle,
      notices: [
        { code: 'stand-in', detail: "EROFS: read-only file system, open '/var/lib/hookline/seat.db'" },
        { code: 'log-begun-anew', detail: '' },
        { code: 'clock-jumped', detail: '24 h' },
      ],
    },
    site: { view: idle, hash: '#/settings/site' },
    'site-joined': { view: joined, hash: '#/settings/site' },
    'site-away': { view: away, hash: '#/settings/site' },
    'site-refused': { view: refused, hash: '#/settings/site' },
    recordings: { view: catchingUp, hash: '#/calls' },
    'recording-sending': { view: catchingUp, hash: '#/calls/row-1' },
    'recording-waiting': { view: away, hash: '#/calls/row-2' },
    'recording-set-aside': { view: catchingUp, hash: '#/calls/row-3' },
    'recording-removed': { view: catchingUp, hash: '#/calls/row-5' },
    'recording-erased': { view: catchingUp, hash: '#/calls/row-6' },
  };
}
