/**
 * Foot pedals that say Button page usages, known by their numbers because their descriptor alone could be a game pad's.
 * What their buttons are comes from the descriptor itself, as with any device.
 */
export type FootPedal = {
  readonly vendorId: number;
  readonly productId: number;
  readonly name: string;
  readonly source: string;
  readonly unproven: readonly string[];
};

/** Pedals for dictation and transcription; three or four switches. */
export const footPedals: readonly FootPedal[] = [
  {
    vendorId: 0x05f3,
    productId: 0x00ff,
    name: 'VEC Infinity foot pedal',
    source: 'github.com/georgemck/vec-footpedal-hid-linux, README: events of Button 1, 2 and 3, 1 down and 0 up',
    unproven: ['No public source has its report descriptor.'],
  },
  {
    vendorId: 0x0911,
    productId: 0x1844,
    name: 'Philips foot control ACC2310/2320',
    source: 'github.com/GoogleChromeLabs/dictation_support, src/foot_control_device.ts: a joystick of three switches',
    unproven: ['No public source has its report descriptor; which switch is which button is not known.'],
  },
  {
    vendorId: 0x0911,
    productId: 0x091a,
    name: 'Philips foot control ACC2330',
    source: 'github.com/GoogleChromeLabs/dictation_support, src/foot_control_device.ts: a joystick of four switches',
    unproven: ['No public source has its report descriptor; which switch is which button is not known.'],
  },
];

/**
 * Pedals that type as a keyboard (github.com/rgerganov/footswitch, README: PCsensor and Scythe). They are not claimed: the
 * system hands what a keyboard types to whatever window is in front, and nobody may read keyboards beside it. Such a pedal
 * is set to a key that Hookline hears as a keyboard key, and the Devices page says so.
 */
export const typingPedals: readonly (readonly [vendorId: number, productId: number])[] = [
  [0x0c45, 0x7403],
  [0x0c45, 0x7404],
  [0x413d, 0x2107],
  [0x1a86, 0xe026],
  [0x1a86, 0xe02d],
  [0x0426, 0x3011],
  [0x055a, 0x0998],
];
