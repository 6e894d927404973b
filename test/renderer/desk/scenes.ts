import type { SeatView } from '../../../core/console-api.ts';
import type { DeskMessage } from '../../../core/equipment-event.ts';
import type { Notice } from '../../../core/notice.ts';
import {
  busylight,
  callLog,
  eaoPanel,
  messageDesk,
  modem,
  panelsAt,
  pedal,
  setUp,
  streamDeck,
  troubled,
  wirelessHeadset,
  xkeys,
} from './fake-equipment.ts';
import { callWith, minuteMs, people, practiceHeadset, realHeadset, rowAt, seatAt } from './fake-seat.ts';
import { hubScenes } from './hub-scenes.ts';
import { signInScenes } from './sign-in-scenes.ts';

/** A state of the seat worth looking at. */
export type Scene = {
  readonly view: SeatView;
  /** Where the page opens. */
  readonly hash?: string;
  /** How many calls the log holds; 60 unless told. */
  readonly rowCount?: number;
  /** The seat process goes away after the first view. */
  readonly isLost?: boolean;
  readonly isBar?: boolean;
  /** Moments told as soon as the page is there. */
  readonly notices?: readonly Notice[];
  /** Somebody has pressed the data light. */
  readonly isDataAsked?: boolean;
  /** Somebody has pressed this key of the keyboard. */
  readonly pressed?: string;
};

const opus = { codec: 'opus', lossPercent: 0.2, jitterMs: 4, roundTripMs: 31, mos: 4.3 };

/** Every scene by its name; `at` is now. */
export function scenesAt(at: number, language: 'zh-CN' | 'en' = 'en'): Record<string, Scene> {
  const idle = seatAt(at);
  const sip: SeatView = {
    ...idle,
    line: { kind: 'sip', address: '6001@switch.example', displayName: 'Seat 12' },
    devices: [realHeadset],
    hasPassword: true,
    settings: {
      ...idle.settings,
      account: {
        kind: 'sip',
        server: 'wss://switch.example:8089/ws',
        otherServers: [],
        user: '6001',
        domain: 'switch.example',
        displayName: 'Seat 12',
      },
    },
  };
  const withAgent = (view: SeatView, kind: 'ringing' | 'talking' | 'holding', sinceAt: number): SeatView => ({
    ...view,
    agent: { ...view.agent, activity: { kind }, sinceAt, cause: 'call' },
  });
  const ringing = callWith(people.wang, { sinceAt: at - 9_000 }, at);
  const talking = callWith(
    people.wang,
    { state: { kind: 'talking' }, offeredAt: at - 200_000, answeredAt: at - 192_000, sinceAt: at - 192_000 },
    at,
  );
  const talkingView: SeatView = {
    ...withAgent(idle, 'talking', at - 192_000),
    calls: [talking],
    quality: { [talking.callId]: opus },
    recording: { [talking.callId]: 'recording' },
  };
  const held = { ...talking, state: { kind: 'held' }, sinceAt: at - 74_000 } as const;
  const waiting = callWith(people.garcia, { sinceAt: at - 6_000 }, at);
  const hostile = callWith(people.hostile, { sinceAt: at - 3_000 }, at);
  const coded = { ...rowAt(0, at), callId: 'done', workCode: null, note: '', endedAt: at - 22_000 };
  const afterCall: SeatView = {
    ...idle,
    agent: {
      ...idle.agent,
      activity: { kind: 'after-call-work', callId: 'done' },
      sinceAt: at - 22_000,
      cause: 'call',
    },
    afterCall: coded,
  };
  /** A seat on a switch with a bit of everything plugged in. */
  const equipped: SeatView = {
    ...sip,
    devices: [wirelessHeadset, streamDeck, eaoPanel, pedal, busylight, modem, messageDesk, callLog],
    settings: { ...sip.settings, equipment: setUp },
    panels: panelsAt(at, language),
    modems: [{ id: 'mobile', state: 'ready', operator: '中国移动', signal: 0.72, detail: '' }],
    messageWaiting: ['8101', '8115'],
  };
  const down = (code: string) =>
    ({ state: 'down', code, sinceAt: at - 95_000, detail: 'connect ECONNREFUSED' }) as const;
  const switchAway: SeatView = { ...equipped, lights: { ...equipped.lights, signalling: down('offline') } };
  const arrivalAt = (reason: DeskMessage['reason']): DeskMessage => ({
    desk: '001',
    terminal: '0007',
    reason,
    letter: 'B',
    forwardedFrom: reason === 'direct' ? '' : '3500',
    calling: '13800138000',
  });
  return {
    idle: { view: idle },
    empty: {
      view: { ...idle, today: { calls: 0, talkMs: 0, readyMs: 0, signedInMs: 0 }, lastDialled: '' },
      rowCount: 0,
    },
    switch: { view: sip },
    'not-ready': {
      view: {
        ...sip,
        agent: {
          choice: { kind: 'not-ready', reason: 'lunch' },
          activity: { kind: 'not-ready', reason: 'lunch' },
          sinceAt: at - 3_821_000,
          cause: 'person',
        },
        lights: { ...sip.lights, media: { state: 'off', code: 'off', sinceAt: at - 90_000, detail: '' } },
      },
    },
    'signed-out': {
      view: {
        ...idle,
        agent: { ...idle.agent, choice: { kind: 'signed-out' }, activity: { kind: 'signed-out' } },
        devices: [],
      },
    },
    ringing: { view: { ...withAgent(idle, 'ringing', at - 9_000), calls: [ringing] } },
    'ringing-first': {
      view: { ...withAgent(sip, 'ringing', at - 2_000), calls: [callWith(people.unnamed, {}, at)] },
      rowCount: 0,
    },
    'ringing-hidden': { view: { ...withAgent(sip, 'ringing', at - 2_000), calls: [callWith(people.hidden, {}, at)] } },
    hostile: { view: { ...withAgent(sip, 'ringing', at - 3_000), calls: [hostile] } },
    dialling: {
      view: {
        ...withAgent(sip, 'talking', at - 5_000),
        calls: [
          callWith(
            people.unnamed,
            { direction: 'outbound', state: { kind: 'dialling', isAlerting: true }, sinceAt: at - 5_000 },
            at,
          ),
        ],
      },
    },
    connecting: {
      view: { ...withAgent(idle, 'talking', at), calls: [{ ...ringing, state: { kind: 'connecting' }, sinceAt: at }] },
    },
    talking: { view: talkingView },
    muted: {
      view: {
        ...talkingView,
        calls: [{ ...talking, isMuted: true }],
        recording: { [talking.callId]: 'paused' },
        quality: { [talking.callId]: { ...opus, mos: 3.2, lossPercent: 6.1 } },
      },
    },
    held: { view: { ...withAgent(talkingView, 'holding', at - 74_000), calls: [held] } },
    waiting: { view: { ...talkingView, calls: [talking, waiting] } },
    'held-and-ringing': { view: { ...withAgent(talkingView, 'ringing', at - 6_000), calls: [held, waiting] } },
    'after-call': { view: afterCall },
    'after-call-ringing': { view: { ...withAgent(afterCall, 'ringing', at - 2_000), calls: [waiting] } },
    'line-down': {
      view: {
        ...sip,
        lights: { ...sip.lights, signalling: down('offline'), media: { ...down('fell-back'), state: 'weak' } },
      },
    },
    'talking-line-down': {
      view: {
        ...talkingView,
        line: sip.line,
        settings: sip.settings,
        lights: { ...sip.lights, signalling: down('offline') },
      },
    },
    'disk-full': {
      view: {
        ...talkingView,
        recording: { [talking.callId]: 'stopped' },
        lights: { ...talkingView.lights, data: down('disk-full') },
      },
    },
    lost: { view: talkingView, isLost: true },
    calls: { view: idle, hash: '#/calls', rowCount: 10_000 },
    'calls-empty': { view: idle, hash: '#/calls', rowCount: 0 },
    'call-detail': { view: idle, hash: '#/calls/row-2', rowCount: 10_000 },
    'call-damaged': { view: talkingView, hash: '#/calls/row-1', rowCount: 300 },
    arrival: {
      view: {
        ...withAgent(equipped, 'ringing', at - 9_000),
        calls: [ringing],
        arrivals: { [ringing.callId]: arrivalAt('forwarded-busy') },
      },
    },
    'arrival-waiting': {
      view: {
        ...talkingView,
        line: sip.line,
        settings: equipped.settings,
        calls: [talking, waiting],
        arrivals: { [talking.callId]: arrivalAt('direct'), [waiting.callId]: arrivalAt('forwarded-no-answer') },
        messageWaiting: ['8101', '8115'],
      },
    },
    lamps: { view: equipped },
    'modem-call': {
      view: {
        ...withAgent(switchAway, 'talking', at - 192_000),
        calls: [talking],
        modemCalls: [talking.callId],
        modems: [{ id: 'mobile', state: 'busy', operator: 'China Mobile', signal: 0.72, detail: '' }],
      },
    },
    'modem-standby': { view: switchAway },
    devices: {
      view: {
        ...idle,
        devices: [
          practiceHeadset,
          realHeadset,
          {
            ...realHeadset,
            deviceId: 'hid-7',
            name: 'Jabra Evolve2 65',
            path: '/dev/hidraw7',
            state: { kind: 'problem', problem: 'no-permission', detail: 'EACCES /dev/hidraw7' },
          },
          {
            ...realHeadset,
            deviceId: 'hid-8',
            name: 'Logitech MX Brio',
            keys: [],
            lamps: [],
            kind: 'unknown',
            path: '/dev/hidraw8',
            state: { kind: 'not-telephony' },
          },
        ],
        lamps: { isOffHook: false, isRinging: true, isMuted: false, isHeld: false },
      },
      hash: '#/devices',
    },
    'devices-all': {
      view: {
        ...equipped,
        devices: [wirelessHeadset, realHeadset, streamDeck, eaoPanel, pedal, busylight, modem, messageDesk, callLog],
        lamps: { isOffHook: true, isRinging: false, isMuted: true, isHeld: false },
      },
      hash: '#/devices',
    },
    'devices-xkeys': {
      view: {
        ...equipped,
        devices: [
          xkeys,
          pedal,
          { ...busylight, glow: { colour: '#ff0000', flash: 'slow' } },
          modem,
          messageDesk,
          callLog,
        ],
      },
      hash: '#/devices',
    },
    'devices-trouble': { view: { ...equipped, devices: [...troubled] }, hash: '#/devices' },
    keys: { view: equipped, hash: '#/keys' },
    'keys-small': { view: equipped, hash: `#/keys/${pedal.deviceId}` },
    'keys-many': { view: { ...equipped, devices: [xkeys] }, hash: '#/keys' },
    'keys-empty': { view: sip, hash: '#/keys' },
    texts: { view: equipped, hash: '#/texts' },
    'text-detail': { view: equipped, hash: '#/texts/text-4' },
    'text-failed': { view: equipped, hash: '#/texts/text-3' },
    'switch-log': { view: equipped, hash: '#/switch-log' },
    'switch-record': { view: equipped, hash: '#/switch-log/99998' },
    'switch-unread': { view: equipped, hash: '#/switch-log/99995' },
    'calls-two-sides': { view: equipped, hash: '#/calls' },
    'devices-empty': { view: { ...sip, devices: [] }, hash: '#/devices' },
    settings: { view: idle, hash: '#/settings' },
    'settings-switch': {
      view: { ...sip, lineTest: { kind: 'done', report: opus, wasEchoHeard: true } },
      hash: '#/settings',
    },
    'settings-equipment': { view: equipped, hash: '#/settings/equipment' },
    ...signInScenes({ at, idle: sip, talking: { ...talkingView, line: sip.line, settings: sip.settings } }),
    ...hubScenes({ at, idle: sip, talking: { ...talkingView, line: sip.line, settings: sip.settings } }),
    bar: { view: idle, isBar: true },
    'bar-ringing': { view: { ...withAgent(idle, 'ringing', at - 9_000), calls: [ringing] }, isBar: true },
    'bar-talking': { view: { ...talkingView, calls: [{ ...talking, isMuted: true }] }, isBar: true },
    'bar-held': { view: { ...withAgent(talkingView, 'holding', at - minuteMs), calls: [held] }, isBar: true },
  };
}
