import { agentAtStart } from '../../../core/agent.ts';
import { type Call, newCall, type RemoteParty } from '../../../core/call.ts';
import type { CallRow } from '../../../core/call-list.ts';
import type { Light, SeatView } from '../../../core/console-api.ts';
import { type DeviceInfo, plainDevice } from '../../../core/device-api.ts';
import { type HubView, type UploadsView, uploadsOff } from '../../../core/hub-view.ts';
import { idleLamps } from '../../../core/key.ts';
import { settings } from '../../../core/settings.ts';

/** Values the scenes are made of: people, calls, devices, a seat in the middle of a shift. All names are invented. */
export const minuteMs = 60_000;

export const people = {
  wang: { number: '13800138000', displayName: '王小明' },
  garcia: { number: '+442079460958', displayName: 'Margarita García-Lorca' },
  unnamed: { number: '02168881234', displayName: '' },
  hostile: { number: '<b>1</b>', displayName: '<img src=x onerror=alert(1)> & "Ltd" with a name that goes on and on' },
  hidden: { number: '', displayName: '' },
} as const satisfies Record<string, RemoteParty>;

export function goodLight(code: string, at: number): Light {
  return { state: 'good', code, sinceAt: at - 192 * minuteMs, detail: '' };
}

export const practiceHeadset: DeviceInfo = {
  deviceId: 'simulated',
  name: 'Practice headset',
  kind: 'simulated',
  vendorId: 0,
  productId: 0,
  path: 'simulated',
  keys: ['Hook Switch', 'Phone Mute', 'Flash', 'Redial', 'Reject', 'Volume Up', 'Volume Down'],
  lamps: ['off-hook', 'ring', 'mute', 'hold'],
  state: { kind: 'open' },
  isBusyElsewhere: false,
  ...plainDevice,
};

export const realHeadset: DeviceInfo = {
  ...practiceHeadset,
  deviceId: 'hid-3',
  name: 'Plantronics Blackwire 3220 Series',
  kind: 'headset',
  vendorId: 0x047f,
  productId: 0xc056,
  path: '/dev/hidraw3',
};

/** A seat on the practice line in the middle of a shift, ready, with no call. */
export function seatAt(at: number): SeatView {
  return {
    seat: 'seat-12',
    version: '0.1.0',
    line: { kind: 'practice' },
    agent: { ...agentAtStart(at - 12 * minuteMs - 41_000), cause: 'person' },
    calls: [],
    afterCall: null,
    quality: {},
    recording: {},
    lamps: idleLamps,
    devices: [practiceHeadset],
    lights: { signalling: goodLight('practice', at), media: goodLight('ready', at), data: goodLight('saved', at) },
    soundDevices: {
      inputs: [{ deviceId: 'm1', label: 'Blackwire 3220 Mono' }],
      outputs: [
        { deviceId: 'o1', label: 'Blackwire 3220 Analog Stereo' },
        { deviceId: 'o2', label: 'Built-in Audio Analog Stereo' },
      ],
    },
    settings: settings.parse({}),
    hasPassword: false,
    lineTest: { kind: 'idle' },
    today: { calls: 34, talkMs: 131 * minuteMs, readyMs: 213 * minuteMs, signedInMs: 300 * minuteMs },
    lastDialled: '13800138000',
    drafts: {},
    arrivals: {},
    modemCalls: [],
    panels: [],
    modems: [],
    messageWaiting: [],
    linesWritten: { texts: 0, switchLog: 0 },
    hub: { kind: 'none' },
    uploads: uploadsOff,
    signIn: { kind: 'not-needed' },
  };
}

type Joined = Extract<HubView, { kind: 'enrolled' }>;

/** How a seat stands that has joined a hub and is in step with it. */
export function joinedAt(at: number, change: Partial<Joined>): Joined {
  return {
    kind: 'enrolled',
    address: 'https://hub.example:7420',
    state: 'in-step',
    sinceAt: at - 192 * minuteMs,
    waiting: 0,
    setAside: 0,
    answeredAt: at - 12_000,
    replicaAt: at - 12_000,
    detail: '',
    ...change,
  };
}

/** Recordings on their way. */
export function uploadsWith(change: Partial<UploadsView>): UploadsView {
  return { ...uploadsOff, state: 'idle', confirmed: 31, bytesSent: 412_000_000, ...change };
}

/** A call in the state somebody wants to look at. */
export function callWith(remote: RemoteParty, change: Partial<Call>, at: number): Call {
  const offeredAt = change.offeredAt ?? at - 9_000;
  return { ...newCall(`call-${remote.number || 'hidden'}`, 'inbound', remote, offeredAt), ...change };
}

const notes = [
  'Water heater leaks since Monday. Technician booked for the 24th, morning.',
  '客户反映热水器漏水，已预约周二上午上门，届时请先电话联系。',
  '',
  'Asked for the invoice again; sent to the new address.',
];
const codes = ['repair', 'consultation', 'order', 'complaint', 'follow-up', null] as const;
const callers: readonly RemoteParty[] = [
  people.wang,
  people.unnamed,
  people.garcia,
  { number: '057188880000', displayName: '杭州西湖物业管理有限公司' },
  { number: '4008008820', displayName: '' },
  { number: '6003', displayName: 'Front desk' },
];

/** Row number `index` of a made-up log, newest first; every row is always the same. */
export function rowAt(index: number, at: number): CallRow {
  const remote = callers[(index * 7) % callers.length] ?? people.wang;
  const offeredAt = at - index * 17 * minuteMs - 4 * minuteMs;
  const isMissed = index % 9 === 4;
  const code = codes[(index * 5) % codes.length] ?? null;
  return {
    callId: `row-${index}`,
    direction: index % 5 === 3 ? 'outbound' : 'inbound',
    line: 'practice',
    remote,
    offeredAt,
    answeredAt: isMissed ? null : offeredAt + 6_000,
    endedAt: offeredAt + 6_000 + (isMissed ? 20_000 : 95_000 + ((index * 37) % 400) * 1000),
    cause: isMissed ? 'cancelled' : index % 2 === 0 ? 'hung-up-here' : 'hung-up-there',
    workCode: isMissed ? null : code,
    note: isMissed ? '' : (notes[index % notes.length] ?? ''),
    recordingId: isMissed ? null : `recording-${index}`,
    recordingSeconds: isMissed ? null : 95,
    recordingEnd: isMissed ? null : 'complete',
    quality: isMissed ? null : { codec: 'opus', lossPercent: 0.4, jitterMs: 6, roundTripMs: 38, mos: 4.2 },
    arrival: null,
  };
}
