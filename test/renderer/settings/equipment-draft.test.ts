import { describe, expect, it } from 'vitest';
import {
  choiceOf,
  draftOf,
  equipmentErrors,
  newDraft,
  pieceOf,
  withPiece,
} from '../../../renderer/settings/equipment-draft.ts';
import { setUp } from '../desk/fake-equipment.ts';

describe('a piece of equipment being set up', () => {
  it('comes back as it was from a form nobody touched', () => {
    expect(setUp.map((piece) => pieceOf(draftOf(piece)))).toEqual(setUp);
  });

  it('gets an id nobody has', () => {
    expect(newDraft('modem', []).id).toBe('modem-1');
    const taken = setUp.map((piece, at) => ({ ...piece, id: `modem-${at + 1}` }));
    expect(newDraft('modem', taken).id).toBe(`modem-${taken.length + 1}`);
  });

  it('says what is missing, of its own fields only, and makes nothing until it is right', () => {
    const panel = newDraft('panel', []);
    expect(equipmentErrors(panel)).toEqual({ port: 'portEmpty', profile: 'profileEmpty' });
    expect(pieceOf(panel)).toBeNull();
    const log = { ...newDraft('call-records', []), source: 'connect' as const, tcpPort: '70000' };
    expect(equipmentErrors(log)).toEqual({ layout: 'layoutEmpty', tcpPort: 'tcpPortBad', host: 'hostEmpty' });
    const desk = { ...newDraft('message-desk', []), keepAliveNumber: '12a', port: choiceOf(found) };
    expect(equipmentErrors({ ...desk, line: { ...desk.line, baudRate: '0' } })).toEqual({
      baudRate: 'baudBad',
      keepAliveNumber: 'keepAliveBad',
    });
  });

  it('remembers a USB port by what it is, in the form the settings take', () => {
    const piece = pieceOf({ ...newDraft('modem', []), port: choiceOf(found) });
    expect(piece).toMatchObject({
      use: 'modem',
      port: { path: 'COM3', vendorId: '1a86', productId: '7523', serialNumber: null },
    });
  });

  it('takes the place of the piece it was, or stands at the end', () => {
    const [first] = setUp;
    if (first === undefined) throw new Error('nothing is set up');
    const renamed = { ...first, name: 'Other' };
    expect(withPiece(setUp, renamed)).toEqual([renamed, ...setUp.slice(1)]);
    expect(withPiece(setUp, { ...first, id: 'new' }).map(({ id }) => id)).toEqual([
      ...setUp.map(({ id }) => id),
      'new',
    ]);
  });
});

const found = { path: 'COM3', manufacturer: 'QinHeng', vendorId: '1A86', productId: '7523', serialNumber: null };
