import { Deliver, parse, Report, Submit, utils } from 'node-pdu';
import { cutText, piecesMax } from './gsm-text.ts';

/**
 * Texts as a modem carries them (3GPP TS 23.040), by node-pdu. What its 2.1.1 gets wrong is done here: it takes any number
 * with `00` before its last digits for an international one (10086 would become +86), chooses two octets a character for
 * è and €, cuts surrogate pairs, and reads UCS-2 of message-waiting texts as septets.
 */
export type PduRead =
  | {
      readonly kind: 'text';
      readonly from: string;
      readonly text: string;
      readonly sentAt: number;
      readonly part?: TextPart;
    }
  | {
      readonly kind: 'report';
      readonly reference: number;
      readonly outcome: 'delivered' | 'trying' | 'failed';
      readonly status: number;
    }
  | { readonly kind: 'unreadable'; readonly why: string };

/** A long text's part: all parts of one have the same reference and total; `index` counts from 1. */
export type TextPart = { readonly reference: number; readonly total: number; readonly index: number };

/** A message to send: hex with an empty service centre, and what AT+CMGS wants as its length. */
export type OutgoingPdu = { readonly pdu: string; readonly length: number };

const { Data, DCS, Header, Helper, Part, SCA, SCAType, SubmitType } = utils;
const addressLengthMax = 40;
/** A message of 176 octets at most; what is longer is none. */
const pduLengthMax = 400;

/** Reads a PDU as +CMT, +CMGR, +CMGL and +CDS carry it. A time stamp that is none is 0: the same
 * bytes always read the same. */
export function readPdu(hex: string): PduRead {
  if (hex.length > pduLengthMax || !/^(?:[0-9A-F]{2})+$/i.test(hex)) return { kind: 'unreadable', why: 'not hex' };
  try {
    const named = withSender(hex);
    const pdu = parse(named);
    if (pdu instanceof Report) return readReport(pdu);
    if (pdu instanceof Deliver) {
      const read = readDeliver(pdu);
      return named === hex || read.kind !== 'text' ? read : { ...read, from: '' };
    }
    return { kind: 'unreadable', why: 'a text that was sent, not received' };
  } catch (error) {
    return { kind: 'unreadable', why: error instanceof Error ? error.message : String(error) };
  }
}

/** The messages of a text; undefined: the number is none, or the text too long. `reference` names the parts of a long one. */
export function writePdus(to: string, text: string, reference: number): readonly OutgoingPdu[] | undefined {
  const number = /^\+?[0-9*#]{1,20}$/.exec(to.replaceAll(/[\s().-]/g, ''))?.[0];
  if (number === undefined || text === '') return undefined;
  const { alphabet, pieces } = cutText(text);
  if (pieces.length > piecesMax) return undefined;
  const isLong = pieces.length > 1;
  const address = new SCA(true, { type: new SCAType(number.startsWith('+') ? 0x91 : 0x81) });
  address.setPhone(number.replace('+', ''), false);
  const dataCodingScheme = new DCS({ textAlphabet: alphabet === 'ucs-2' ? DCS.ALPHABET_UCS2 : DCS.ALPHABET_DEFAULT });
  const type = new SubmitType({ statusReportRequest: 1, userDataHeader: isLong ? 1 : 0 });
  return pieces.map((piece, index) => {
    const { length, result } = alphabet === 'ucs-2' ? Helper.encode16Bit(piece) : Helper.encode7Bit(piece);
    // Seven octets of header are eight septets, or seven octets of the length.
    const size = length + (isLong ? (alphabet === 'ucs-2' ? 7 : 8) : 0);
    const header = new Header({ POINTER: reference & 0xffff, SEGMENTS: pieces.length, CURRENT: index + 1 });
    const part = new Part(result, size, piece, ...(isLong ? [header] : []));
    const pdu = new Submit(address, new Data({ parts: [part] }), { type, dataCodingScheme }).toString();
    return { pdu, length: pdu.length / 2 - 1 };
  });
}

/** node-pdu 2.1.1 misreads all behind the address of a DELIVER without one (length 0): it gets one of one digit. */
function withSender(hex: string): string {
  const at = 2 + 2 * Number.parseInt(hex.slice(0, 2), 16);
  const isDeliver = (Number.parseInt(hex.slice(at, at + 2), 16) & 3) === 0;
  const address = at + 2;
  if (!isDeliver || hex.slice(address, address + 2) !== '00') return hex;
  return `${hex.slice(0, address)}0181F0${hex.slice(address + 4)}`;
}

/** TP-Status (23.040 section 9.2.3.15): below 20 done, 20 to 3F still trying, above that given up. */
function readReport(report: Report): PduRead {
  const status = report.status;
  if (!Number.isInteger(status)) return { kind: 'unreadable', why: 'a report without a status' };
  const outcome = status < 0x20 ? 'delivered' : status < 0x40 ? 'trying' : 'failed';
  return { kind: 'report', reference: report.reference, outcome, status };
}

function readDeliver(deliver: Deliver): PduRead {
  const [part] = deliver.data.parts;
  if (part === undefined) return { kind: 'unreadable', why: 'no text in it' };
  const { dataCodingScheme: coding, serviceCenterTimeStamp: stamp } = deliver;
  const sentAt = stamp.time * 1000;
  const pieces = part.header?.getSegments() ?? 1;
  const index = part.header?.getCurrent() ?? 1;
  const isPart = pieces > 1 && index >= 1 && index <= pieces;
  return {
    kind: 'text',
    from: senderOf(deliver).slice(0, addressLengthMax),
    text: textOf(part.data, part.text, coding.encodeGroup, coding.textAlphabet),
    sentAt: Number.isFinite(sentAt) ? sentAt : 0,
    ...(isPart && { part: { reference: part.header?.getPointer() ?? 0, total: pieces, index } }),
  };
}

function senderOf({ address }: Deliver): string {
  const phone = address.phone ?? '';
  if (address.type.type === SCAType.TYPE_ALPHANUMERICAL) return phone;
  // It leaves half octets A and B as they are, and pads with F.
  const number = phone.replaceAll('A', '*').replaceAll('B', '#').replaceAll('F', '');
  return address.type.type === SCAType.TYPE_INTERNATIONAL ? `+${number}` : number;
}

/** Groups C and D are septets and E is UCS-2 whatever the other bits say (3GPP TS 23.038 section 4). */
function textOf(data: string, septets: string, group: number, alphabet: number): string {
  if (group === 0x0e || (group < 0x0c && alphabet === DCS.ALPHABET_UCS2)) {
    return Buffer.from(data.slice(0, data.length - (data.length % 4)), 'hex')
      .swap16()
      .toString('utf16le');
  }
  // Settings and pictures for telephones; shown as the bytes they are, for they are no text.
  if ((group < 0x0c || group === 0x0f) && alphabet === DCS.ALPHABET_8BIT) return data;
  // node-pdu 2.1.1 has a backtick, which the alphabet lacks, where § stands.
  return septets.replaceAll('`', '§');
}
