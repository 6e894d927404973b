import { type DeviceInfo, plainDevice } from '../../../core/device-api.ts';
import type { PanelView } from '../../../core/equipment-api.ts';
import type { KeyFace, PanelLayout } from '../../../core/key-face.ts';
import type { Settings } from '../../../core/settings.ts';
import { realHeadset } from './fake-seat.ts';

/** Equipment of every kind, in every state worth looking at. All names and numbers are invented. */
function grid(columns: number, rows: number, shows: 'picture' | 'lamp' | 'none', prefix = 'key-'): PanelLayout {
  return {
    columns,
    rows,
    keys: Array.from({ length: columns * rows }, (_, at) => ({
      keyId: `${prefix}${at}`,
      column: at % columns,
      row: Math.floor(at / columns),
      width: 1,
      height: 1,
      shows,
    })),
  };
}

function device(change: Pick<DeviceInfo, 'deviceId' | 'name' | 'kind' | 'path'> & Partial<DeviceInfo>): DeviceInfo {
  return {
    ...plainDevice,
    vendorId: 0,
    productId: 0,
    keys: [],
    lamps: [],
    state: { kind: 'open' },
    isBusyElsewhere: false,
    ...change,
  };
}

export const streamDeck = device({
  deviceId: 'hid-0fd9-006d-AL12H1A07123-0',
  name: 'Stream Deck MK.2',
  kind: 'panel',
  path: '/dev/hidraw4',
  layout: grid(5, 3, 'picture'),
  firmware: '1.01.000',
});

export const xkeys = device({
  deviceId: 'hid-05f3-0441-xk80',
  name: 'X-keys XK-80',
  kind: 'panel',
  path: '/dev/hidraw5',
  layout: grid(10, 8, 'lamp'),
});

export const pedal = device({
  deviceId: 'hid-05f3-00ff-pedal',
  name: 'VEC Infinity IN-USB-2',
  kind: 'pedal',
  path: '/dev/hidraw6',
  layout: grid(3, 1, 'none', 'switch-'),
});

export const eaoPanel = device({
  deviceId: 'door-panel',
  name: 'Porter’s desk panel',
  kind: 'panel',
  path: '/dev/ttyUSB0',
  layout: grid(6, 2, 'lamp'),
  unproven: [
    'The three baud rates other than 9600 stand in the data sheet and in no capture.',
    'A key held for more than two seconds repeats in one firmware; we count it once.',
  ],
});

export const busylight = device({
  deviceId: 'hid-27bb-3bcd-1',
  name: 'Kuando Busylight Alpha',
  kind: 'light',
  path: '/dev/hidraw7',
  glow: { colour: '#00ff00', flash: 'steady' },
});

export const modem = device({ deviceId: 'mobile', name: 'SIM7600 4G', kind: 'modem', path: '/dev/ttyUSB2' });
export const messageDesk = device({
  deviceId: 'desk-link',
  name: '',
  kind: 'message-desk',
  path: '/dev/ttyUSB1',
});
export const callLog = device({
  deviceId: 'pbx-log',
  name: 'KX-TDA200 log',
  kind: 'call-records',
  path: '192.0.2.10:2300',
  unproven: ['The pulse count column is described in the manual and in no public sample.'],
});

export const wirelessHeadset: DeviceInfo = {
  ...realHeadset,
  deviceId: 'hid-9',
  name: 'Jabra Engage 75 Stereo',
  path: '/dev/hidraw9',
  keys: ['Hook Switch', 'Phone Mute', 'Volume Up', 'Volume Down', 'Line Busy Tone'],
  lamps: ['off-hook', 'ring', 'mute', 'hold', 'on-line'],
  presence: 'worn',
  battery: { percent: 64, isCharging: false },
  firmware: '4.15.1',
};

const problem = (problem: Extract<DeviceInfo['state'], { kind: 'problem' }>['problem'], detail: string) =>
  ({ kind: 'problem', problem, detail }) as const;

/** A device for each thing that may be wrong. */
export const troubled: readonly DeviceInfo[] = [
  {
    ...realHeadset,
    deviceId: 'p1',
    name: 'Jabra Evolve2 65',
    path: '/dev/hidraw7',
    state: problem('no-permission', ''),
  },
  {
    ...wirelessHeadset,
    deviceId: 'p2',
    isBusyElsewhere: true,
    presence: 'docked',
    battery: { percent: 12, isCharging: false },
  },
  {
    ...eaoPanel,
    deviceId: 'p3',
    name: 'Night bell panel',
    path: '/dev/ttyS0',
    unproven: [],
    state: problem('bad-profile', 'night-bell.json:14: framing.length: must be at most 4096, is 40960'),
  },
  { ...modem, deviceId: 'p4', state: problem('needs-pin', 'AT+CPIN? SIM PIN') },
  { ...messageDesk, deviceId: 'p5', state: problem('in-use', 'EBUSY /dev/ttyUSB1') },
  { ...callLog, deviceId: 'p6', state: problem('no-answer', 'connect ETIMEDOUT 192.0.2.10:2300') },
  { ...streamDeck, deviceId: 'p7', state: problem('quarantined', 'three crashes in 60 s') },
  {
    ...eaoPanel,
    deviceId: 'p8',
    name: 'Gate keypad',
    path: 'COM5',
    unproven: [],
    state: problem('not-plugged-in', ''),
  },
  {
    ...eaoPanel,
    deviceId: 'p9',
    name: 'Porter’s lodge panel',
    path: '/dev/ttyUSB3',
    unproven: [],
    state: problem('no-permission', 'Error: Permission denied, cannot open /dev/ttyUSB3'),
  },
  { ...busylight, deviceId: 'p10', path: '/dev/hidraw12', glow: null, state: problem('no-permission', '') },
  {
    ...pedal,
    deviceId: 'p11',
    name: 'PCsensor FootSwitch',
    path: '/dev/hidraw13',
    layout: null,
    unproven: [],
    state: { kind: 'not-telephony' },
  },
];

const face = (keyId: string, caption: string, icon: KeyFace['icon'], change: Partial<KeyFace> = {}): KeyFace => ({
  keyId,
  caption,
  icon,
  lamp: 'off',
  tone: 'neutral',
  isEnabled: true,
  sinceAt: null,
  ...change,
});

/** What stands on keys is the seat's language's, or what people there call a number. */
const inChinese = {
  Answer: '接听',
  'Hang up': '挂断',
  Hold: '保持',
  Mute: '静音',
  'Park 1': '驻留 1',
  Ready: '示闲',
  Lunch: '就餐',
  Repairs: '维修部',
  Repair: '报修',
  'Page 2': '第 2 页',
  Talk: '按住通话',
  Lobby: '大堂',
  Calls: '通话',
  Stations: '分机',
  Reception: '前台',
} as const;

/** What the panels do and show in a call that talks. */
export function panelsAt(at: number, language: 'zh-CN' | 'en'): PanelView[] {
  const say = (words: keyof typeof inChinese): string => (language === 'zh-CN' ? inChinese[words] : words);
  const faces = [
    face('key-0', say('Answer'), 'answer', { isEnabled: false }),
    face('key-1', say('Hang up'), 'hang-up', { tone: 'danger', lamp: 'on', sinceAt: at - 192_000 }),
    face('key-2', say('Hold'), 'hold'),
    face('key-3', say('Mute'), 'mute'),
    face('key-4', say('Park 1'), 'park', { tone: 'attention', lamp: 'slow', sinceAt: at - 41_000 }),
    face('key-5', say('Ready'), 'ready', { tone: 'good', lamp: 'on' }),
    face('key-6', say('Lunch'), 'not-ready'),
    face('key-7', say('Reception'), 'dial'),
    face('key-8', say('Repairs'), 'dial'),
    face('key-9', say('Repair'), 'work-code', { isEnabled: false }),
    face('key-14', say('Page 2'), 'page'),
  ];
  return [
    {
      deviceId: streamDeck.deviceId,
      faces,
      page: 0,
      isBuiltIn: false,
      pages: [
        {
          name: say('Calls'),
          keys: {
            'key-0': { do: 'answer' },
            'key-1': { do: 'hang-up' },
            'key-2': { do: 'hold' },
            'key-3': { do: 'mute' },
            'key-4': { do: 'park', number: '701', name: say('Park 1') },
            'key-5': { do: 'ready' },
            'key-6': { do: 'not-ready', reason: 'lunch' },
            'key-7': { do: 'dial', number: '8001', name: say('Reception') },
            'key-8': { do: 'dial', number: '8002', name: say('Repairs') },
            'key-9': { do: 'work-code', code: 'repair' },
            'key-14': { do: 'page', page: 1 },
          },
        },
        {
          name: say('Stations'),
          keys: {
            'key-0': { do: 'dial', number: '8101', name: say('Lobby') },
            'key-1': { do: 'message-waiting', number: '8101', name: say('Lobby') },
            'key-14': { do: 'page', page: 0 },
          },
        },
      ],
    },
    {
      deviceId: pedal.deviceId,
      faces: [
        face('switch-0', say('Answer'), 'answer'),
        face('switch-1', say('Talk'), 'talk'),
        face('switch-2', say('Mute'), 'mute'),
      ],
      page: 0,
      isBuiltIn: true,
      pages: [
        { name: '', keys: { 'switch-0': { do: 'answer' }, 'switch-1': { do: 'talk' }, 'switch-2': { do: 'mute' } } },
      ],
    },
    {
      deviceId: eaoPanel.deviceId,
      faces: [
        face('key-0', say('Answer'), 'answer', { tone: 'ringing', lamp: 'fast' }),
        face('key-1', say('Hang up'), 'hang-up', { tone: 'danger', lamp: 'on' }),
        face('key-2', say('Lobby'), 'message', { tone: 'attention', lamp: 'wink' }),
        face('key-3', say('Ready'), 'ready', { tone: 'good', lamp: 'on' }),
      ],
      page: 0,
      isBuiltIn: false,
      pages: [
        {
          name: '',
          keys: {
            'key-0': { do: 'answer' },
            'key-1': { do: 'hang-up' },
            'key-2': { do: 'message-waiting', number: '8101', name: say('Lobby') },
            'key-3': { do: 'ready' },
          },
        },
      ],
    },
  ];
}

const port = (path: string) => ({ path, vendorId: '1a86', productId: '7523', serialNumber: null });

/** What is set up on ports and sockets, as the settings hold it. */
export const setUp: Settings['equipment'] = [
  { use: 'panel', id: 'door-panel', name: 'Porter’s desk panel', port: port('/dev/ttyUSB0'), profile: 'eao-panel' },
  {
    use: 'message-desk',
    id: 'desk-link',
    name: '',
    port: { ...port('/dev/ttyUSB1'), vendorId: null, productId: null },
    line: { baudRate: 1200, dataBits: 7, parity: 'even', stopBits: 1, flow: 'none' },
    role: 'desk',
    digits: 7,
    keepAliveNumber: '',
  },
  {
    use: 'call-records',
    id: 'pbx-log',
    name: 'KX-TDA200 log',
    layout: 'panasonic-pattern-a',
    source: { kind: 'connect', host: '192.0.2.10', port: 2300 },
    dateOrder: 'layout',
  },
  {
    use: 'modem',
    id: 'mobile',
    name: 'SIM7600 4G',
    port: port('/dev/ttyUSB2'),
    line: { baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' },
    kind: 'mobile',
    isFallback: true,
  },
];
