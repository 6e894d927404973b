import type { SeatView } from '../core/console-api.ts';
import { goesToHelp } from '../core/emergency-number.ts';
import { uploadsOff } from '../core/hub-view.ts';
import type { Notice } from '../core/notice.ts';
import { accessOf, type SeatAccess } from '../core/seat-access.ts';
import { settings } from '../core/settings.ts';

/**
 * What a page is shown of a seat: all of it while somebody is signed in or nobody has to be; what is being finished while
 * that goes on; else what signing in, the lights and a call for help need.
 */
export function shownView(view: SeatView): SeatView {
  const access = accessOf(view);
  if (access === 'open') return view;
  return access === 'finishing' ? finishingView(view) : lockedView(view);
}

/** The calls under way and their work, and nothing of the calls before them. */
function finishingView(view: SeatView): SeatView {
  const begun = [...view.calls.map(({ callId }) => callId), ...(view.afterCall ? [view.afterCall.callId] : [])];
  return {
    ...view,
    lastDialled: '',
    drafts: only(view.drafts, begun),
    arrivals: only(view.arrivals, begun),
    messageWaiting: [],
  };
}

/** Field by field: what is added to the view has to be looked at here before it compiles. */
function lockedView(view: SeatView): SeatView {
  const { seat, version, line, agent, lamps, lights, modems, hub, signIn } = view;
  const { language, theme, emergencyNumbers, equipment } = view.settings;
  // A call that comes in goes elsewhere at once, and who it is concerns nobody here.
  const calls = view.calls.filter((call) => goesToHelp(call, emergencyNumbers));
  const callIds = calls.map(({ callId }) => callId);
  return {
    seat,
    version,
    line,
    agent,
    calls,
    afterCall: null,
    quality: only(view.quality, callIds),
    recording: only(view.recording, callIds),
    lamps,
    devices: [],
    lights,
    soundDevices: { inputs: [], outputs: [] },
    settings: {
      ...settings.parse({ language, theme, emergencyNumbers }),
      // Whether help can be called while the switch is away.
      equipment: equipment.filter((piece) => piece.use === 'modem' && piece.isFallback),
    },
    hasPassword: false,
    lineTest: { kind: 'idle' },
    today: { calls: 0, talkMs: 0, readyMs: 0, signedInMs: 0 },
    lastDialled: '',
    drafts: {},
    arrivals: {},
    modemCalls: view.modemCalls.filter((callId) => callIds.includes(callId)),
    panels: [],
    modems,
    messageWaiting: [],
    linesWritten: { texts: 0, switchLog: 0 },
    hub,
    uploads: uploadsOff,
    signIn,
  };
}

function only<Value>(all: Readonly<Record<string, Value>>, callIds: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([callId]) => callIds.includes(callId)));
}

/** Notices whose details are about this machine: counts, files, what a system said. Others may name a customer. */
const ofMachine: ReadonlySet<Notice['code']> = new Set([
  'disk-full',
  'disk-failed',
  'stand-in',
  'disk-nearly-full',
  'recordings-let-go',
  'log-mended-lost',
  'log-older-coming',
  'log-doubtful',
  'log-taken-back',
  'log-taken-back-part',
  'microphone-fell-back',
  'settings-file',
  'keys-file',
  'volume',
]);

/** What a page is told of a moment: that it was always, its details only if they are of this machine or somebody is signed in. */
export function shownNotice(told: Notice, access: SeatAccess): Notice {
  return access === 'open' || ofMachine.has(told.code) ? told : { ...told, detail: '' };
}
