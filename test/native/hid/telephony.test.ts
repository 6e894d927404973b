import { describe, expect, it } from 'vitest';
import { parseReportDescriptor } from '../../../native/hid/report-descriptor.ts';
import { controlsMax, type TelephonyMap, telephonyMap } from '../../../native/hid/telephony.ts';
import { bytesOf, recordedDescriptor, windowsPairs } from './recorded-descriptors.ts';

function mapOf(bytes: Uint8Array): TelephonyMap {
  const descriptor = parseReportDescriptor(bytes);
  if (descriptor.kind === 'error') throw new Error(descriptor.message);
  return telephonyMap(descriptor);
}

/** `name report.bit kind`, which is all that differs between devices. */
function summary(bytes: Uint8Array): object {
  const { isTelephony, keys, lamps } = mapOf(bytes);
  const row = (c: { name: string; reportId: number; bitOffset: number; isRelative: boolean }): string =>
    `${c.name} ${c.reportId}.${c.bitOffset}${c.isRelative ? ' relative' : ''}`;
  return { isTelephony, keys: keys.map(row), lamps: lamps.map(row) };
}

const collection = (inside: string): Uint8Array => bytesOf(`050b 0905 a101 1500 2501 7501 ${inside} c0`);

describe('real devices', () => {
  it('Blackwire 3220: one lamp a report; FEATURE usages on the vendor page are no lamps', () => {
    expect(summary(recordedDescriptor('047f-c056-plantronics-blackwire-3220.telephony.json').bytes)).toEqual({
      isTelephony: true,
      keys: ['Phone Mute 8.0 relative', 'Hook Switch 8.1', 'Flash 8.2'],
      lamps: ['Mute 9.0', 'Off-Hook 23.0', 'Ring 24.0', 'Speaker 30.0', 'Hold 32.0', 'On-Line 42.0'],
    });
    expect(summary(recordedDescriptor('047f-c056-plantronics-blackwire-3220.vendor').bytes)).toEqual({
      isTelephony: false,
      keys: [],
      lamps: [],
    });
    expect(summary(recordedDescriptor('047f-c056-plantronics-blackwire-3220.consumer').bytes)).toEqual({
      isTelephony: false,
      keys: ['Volume Up 1.0 relative', 'Volume Down 1.1 relative'],
      lamps: [],
    });
  });

  it('Dell SP325: five collections, one report both ways, reject at bit 7', () => {
    expect(summary(recordedDescriptor('413c-8223').bytes)).toEqual({
      isTelephony: true,
      keys: [
        'Volume Up 12.0',
        'Volume Down 12.1',
        'Mute 12.2',
        'Hook Switch 5.0',
        'Phone Mute 5.1 relative',
        'Redial 5.2 relative',
        'Flash 5.3 relative',
        'Line Busy Tone 5.4 relative',
        'Line 5.5 relative',
        'Speed Dial 5.6 relative',
        'Reject 5.7',
      ],
      lamps: ['Off-Hook 5.0', 'Mute 5.1', 'Ring 5.2', 'Hold 5.3', 'Microphone 5.4', 'On-Line 5.5'],
    });
  });

  it('camera A', () => {
    expect(summary(recordedDescriptor('airoha-sdk-telephony-variant-a').bytes)).toEqual({
      isTelephony: true,
      keys: [
        'Hook Switch 8.0',
        'Line Busy Tone 8.1',
        'Speaker Phone 8.2',
        'Line 8.3',
        'Phone Mute 8.4 relative',
        'Flash 8.5 relative',
        'Redial 8.6 relative',
        'Reject 8.7',
      ],
      lamps: ['Mute 9.0', 'Off-Hook 23.0', 'Ring 24.0', 'Hold 32.0'],
    });
  });

  it('camera B: a key pad in an array, reject as Button 7, the Ringer of the Telephony page', () => {
    expect(summary(recordedDescriptor('airoha-sdk-telephony-variant-b').bytes)).toEqual({
      isTelephony: true,
      keys: [
        'Hook Switch 2.0',
        'Line Busy Tone 2.1',
        'Phone Mute 2.2 relative',
        'Flash 2.3 relative',
        'Voice Mail 2.4 relative',
        'Speed Dial 2.5 relative',
        ...[...'0123456789'].map((digit) => `Phone Key ${digit} 2.6`),
        'Phone Key Star 2.6',
        'Phone Key Pound 2.6',
        'Reject 2.10',
      ],
      lamps: ['Off-Hook 2.0', 'Mute 2.1', 'Ring 2.2', 'Hold 2.3', 'Microphone 2.4', 'Ringer 2.5'],
    });
  });

  it('gives the same keys and lamps from what hidapi rebuilds on Windows', () => {
    for (const { real, reconstructed } of windowsPairs()) {
      const byPlace = (bytes: Uint8Array): object => {
        const { isTelephony, keys, lamps } = mapOf(bytes);
        const place = (c: { usage: number; reportId: number; bitOffset: number }): number =>
          c.reportId * 2 ** 20 + c.bitOffset * 2 ** 8 + (c.usage % 256);
        return {
          isTelephony,
          keys: keys.toSorted((a, b) => place(a) - place(b)),
          lamps: lamps.toSorted((a, b) => place(a) - place(b)),
        };
      };
      expect(byPlace(reconstructed)).toEqual(byPlace(real));
    }
  });
});

describe('rules', () => {
  it('takes constant fields that carry usages as keys, variable or array by their flags', () => {
    expect(summary(collection('0920 092f 9502 8103 9506 8101'))).toMatchObject({
      keys: ['Hook Switch 0.0', 'Phone Mute 0.1'],
    });
    expect(summary(collection('0920 9501 8101 0921 8107'))).toMatchObject({
      keys: ['Hook Switch 0.0', 'Flash 0.1 relative'],
    });
  });

  it('counts usages of a variable field in order, the last repeating, surplus ones not counting', () => {
    expect(summary(collection('0920 092f 9503 8106'))).toMatchObject({
      keys: ['Hook Switch 0.0 relative', 'Phone Mute 0.1 relative', 'Phone Mute 0.2 relative'],
    });
    expect(summary(collection('0920 092f 9501 8106'))).toMatchObject({ keys: ['Hook Switch 0.0 relative'] });
  });

  it('reads all three forms of reject, inside a telephony collection only', () => {
    expect(summary(collection('0907 9501 8102'))).toMatchObject({ keys: ['Reject 0.0'] });
    expect(summary(collection('0907 0509 9501 8102'))).toMatchObject({ keys: ['Reject 0.0'] });
    expect(summary(collection('0509 0901 9501 8102'))).toMatchObject({ keys: ['Reject 0.0'], isTelephony: false });
    expect(summary(bytesOf('0501 0902 a101 0509 1901 2908 1500 2501 7501 9508 8102 c0'))).toEqual({
      isTelephony: false,
      keys: [],
      lamps: [],
    });
  });

  it('does not offer an empty telephony collection, and finds hook and mute inside Consumer Control without ids', () => {
    expect(summary(bytesOf('050b 0905 a101 c0'))).toEqual({ isTelephony: false, keys: [], lamps: [] });
    expect(summary(bytesOf('050c 0901 a101 1500 2501 7501 9502 09e9 09ea 8102 050b 0920 092f 8106 c0'))).toEqual({
      isTelephony: true,
      keys: ['Volume Up 0.0', 'Volume Down 0.1', 'Hook Switch 0.2 relative', 'Phone Mute 0.3 relative'],
      lamps: [],
    });
  });

  it('is telephony by one lamp inside a telephony collection, not by a keyboard lamp', () => {
    expect(summary(collection('0508 0909 9501 9102'))).toMatchObject({ isTelephony: true, lamps: ['Mute 0.0'] });
    expect(summary(bytesOf('0501 0906 a101 1500 2501 7501 0508 0909 9501 9102 c0'))).toMatchObject({
      isTelephony: false,
    });
  });

  it('finds keys in collections nested 100 deep', () => {
    const deep = `${'a100'.repeat(100)}050b 0920 7501 9501 8102${'c0'.repeat(100)}`;
    expect(summary(bytesOf(deep))).toEqual({ isTelephony: true, keys: ['Hook Switch 0.0'], lamps: [] });
  });

  it('makes no keys of arrays whose elements cannot reach their usages', () => {
    expect(summary(collection('1920 29bf 9520 8100'))).toEqual({ isTelephony: false, keys: [], lamps: [] });
    expect(summary(collection('19b0 29bb 9501 8101'))).toEqual({ isTelephony: false, keys: [], lamps: [] });
  });

  it('stays small under ranges and counts that claim everything', () => {
    const everything = collection('1900 2affff 96ffff 8102 8508 0920 96ffff 8102');
    const { keys } = mapOf(everything);
    expect(keys.length).toBe(controlsMax);
  });
});
