import type { MockDevice } from '../../rig/mock-headset.ts';

/**
 * Panels for the test bed. No public source has their descriptor bytes (facts/hid.md section 3), so these are of our own
 * making, with reports of the lengths that the libraries write and read. Panels are known by their numbers.
 */

/** Keys come in report 1, pictures go in report 2, the rest are feature reports 3 (commands), 5 (firmware) and 6 (serial). */
export const mockStreamDeck: MockDevice = {
  ...{ vid: '0fd9', pid: '0080', vendor: 'Elgato', product: 'Stream Deck MK.2', serial: 'DL12K1A00001', interface: 0 },
  descriptor_hex:
    '0600ff0901a101150026ff007508' +
    '8501090196ff018102' +
    '8502090196ff039102' +
    '85030901951fb102' +
    '85050901951fb102' +
    '85060901951fb102c0',
  // As the library reads it: a length, four bytes of checksum, the version in letters.
  features: { 5: `050c00000000${Buffer.from('1.00.012').toString('hex')}`.padEnd(64, '0') },
};

/** What an XK-24 and its kin are asked first, and their answers: version 0x21, then the state of all keys. */
const xkeysAnswers = {
  [`00d6${'00'.repeat(34)}`]: `00d6${'00'.repeat(8)}21`.padEnd(64, '0'),
  [`00b1${'00'.repeat(34)}`]: '0002'.padEnd(64, '0'),
};
/** Vendor page, no report ids: 32 bytes in, 35 out. */
const xkeysDescriptor = '0600ff0901a101150026ff00750809019520810209019523910' + '2c0';

export const mockXk24: MockDevice = {
  ...{ vid: '05f3', pid: '0405', vendor: 'P. I. Engineering', product: 'XK-24 HID', serial: 'x24', interface: 0 },
  descriptor_hex: xkeysDescriptor,
  echo: xkeysAnswers,
};

export const mockXkPedal: MockDevice = {
  ...{ vid: '05f3', pid: '0438', vendor: 'P. I. Engineering', product: 'XK-3 Foot Pedal', serial: 'x3', interface: 0 },
  descriptor_hex: xkeysDescriptor,
  echo: xkeysAnswers,
};

/** A joystick of three buttons and nothing else. */
export const mockInfinity: MockDevice = {
  ...{ vid: '05f3', pid: '00ff', vendor: 'VEC', product: 'VEC USB Footpedal', serial: '', interface: 0 },
  descriptor_hex: '05010904a1010509190129031500250175019503810295058101c0',
};

/** A game pad: buttons, and two axes that make it none of ours. */
export const mockGamePad: MockDevice = {
  ...{ vid: '1234', pid: '5678', vendor: 'Game', product: 'Pad', serial: '', interface: 0 },
  descriptor_hex: '05010905a1010509190129081500250175019508810205010930093126ff0075089502810 2c0'.replace(' ', ''),
};
