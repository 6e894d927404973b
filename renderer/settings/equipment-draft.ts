import { type Equipment, equipment, type FoundPort, type LineSettings, type PortChoice } from '../../core/equipment.ts';

/** A piece of equipment as it is being set up: every field of every kind, so that changing one's mind loses nothing. */
export type EquipmentDraft = {
  readonly id: string;
  readonly use: Equipment['use'];
  readonly name: string;
  readonly port: PortChoice;
  readonly profile: string;
  readonly layout: string;
  readonly line: Omit<LineSettings, 'baudRate'> & { readonly baudRate: string };
  readonly role: 'desk' | 'switch';
  readonly digits: 5 | 7 | 10;
  readonly keepAliveNumber: string;
  readonly source: 'port' | 'connect' | 'listen' | 'file';
  readonly host: string;
  readonly tcpPort: string;
  readonly file: string;
  readonly dateOrder: 'layout' | 'day-first' | 'month-first';
  readonly kind: 'analog' | 'mobile';
  readonly isFallback: boolean;
};

/** What can be wrong, each with its sentence in the words. */
export type EquipmentError =
  | 'portEmpty'
  | 'profileEmpty'
  | 'layoutEmpty'
  | 'hostEmpty'
  | 'tcpPortBad'
  | 'fileEmpty'
  | 'baudBad'
  | 'keepAliveBad';

/** By field; a field that is not named is right. */
export type EquipmentErrors = { readonly [field in ErrorField]?: EquipmentError };
type ErrorField = 'port' | 'profile' | 'layout' | 'host' | 'tcpPort' | 'file' | 'baudRate' | 'keepAliveNumber';

/** The line settings each kind is usually met with. */
const usualLines = {
  panel: { baudRate: '9600', dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' },
  'message-desk': { baudRate: '1200', dataBits: 7, parity: 'even', stopBits: 1, flow: 'none' },
  'call-records': { baudRate: '9600', dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' },
  modem: { baudRate: '115200', dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' },
} as const satisfies Record<Equipment['use'], EquipmentDraft['line']>;

const noPort: PortChoice = { path: '', vendorId: null, productId: null, serialNumber: null };

/** A new piece of a kind, with an id none of `present` has. */
export function newDraft(use: Equipment['use'], present: readonly Equipment[]): EquipmentDraft {
  const taken = new Set(present.map(({ id }) => id));
  let number = 1;
  while (taken.has(`${use}-${number}`)) number++;
  return {
    id: `${use}-${number}`,
    use,
    name: '',
    port: noPort,
    profile: '',
    layout: '',
    line: usualLines[use],
    role: 'desk',
    digits: 7,
    keepAliveNumber: '',
    source: 'port',
    host: '',
    tcpPort: '',
    file: '',
    dateOrder: 'layout',
    kind: 'mobile',
    isFallback: true,
  };
}

/** The draft to begin with for a piece that is set up. */
export function draftOf(piece: Equipment): EquipmentDraft {
  const draft = { ...newDraft(piece.use, []), id: piece.id, name: piece.name };
  switch (piece.use) {
    case 'panel':
      return { ...draft, port: piece.port, profile: piece.profile };
    case 'message-desk': {
      const { port, role, digits, keepAliveNumber } = piece;
      return { ...draft, port, line: typedLine(piece.line), role, digits, keepAliveNumber };
    }
    case 'modem':
      return {
        ...draft,
        port: piece.port,
        line: typedLine(piece.line),
        kind: piece.kind,
        isFallback: piece.isFallback,
      };
    case 'call-records': {
      const { source, layout, dateOrder } = piece;
      const records = { ...draft, layout, dateOrder, source: source.kind };
      if (source.kind === 'port') return { ...records, port: source.port, line: typedLine(source.line) };
      if (source.kind === 'connect') return { ...records, host: source.host, tcpPort: String(source.port) };
      if (source.kind === 'listen') return { ...records, tcpPort: String(source.port) };
      return { ...records, file: source.path };
    }
  }
}

/** What is wrong with a draft, of the fields its kind has. */
export function equipmentErrors(draft: EquipmentDraft): EquipmentErrors {
  const { use, source } = draft;
  const hasPort = use !== 'call-records' || source === 'port';
  const hasLine = hasPort && use !== 'panel';
  const isTcp = use === 'call-records' && (source === 'connect' || source === 'listen');
  return {
    ...(hasPort && draft.port.path.trim() === '' ? { port: 'portEmpty' } : {}),
    ...(hasLine && !isWholeNumber(draft.line.baudRate, 50, 4_000_000) ? { baudRate: 'baudBad' } : {}),
    ...(use === 'panel' && draft.profile === '' ? { profile: 'profileEmpty' } : {}),
    ...(use === 'call-records' && draft.layout === '' ? { layout: 'layoutEmpty' } : {}),
    ...(isTcp && !isWholeNumber(draft.tcpPort, 1, 65_535) ? { tcpPort: 'tcpPortBad' } : {}),
    ...(isTcp && source === 'connect' && draft.host.trim() === '' ? { host: 'hostEmpty' } : {}),
    ...(use === 'call-records' && source === 'file' && draft.file.trim() === '' ? { file: 'fileEmpty' } : {}),
    ...(use === 'message-desk' && !/^\d{0,10}$/.test(draft.keepAliveNumber.trim())
      ? { keepAliveNumber: 'keepAliveBad' }
      : {}),
  };
}

/** The piece a draft makes; null while something is wrong with it. */
export function pieceOf(draft: EquipmentDraft): Equipment | null {
  if (Object.keys(equipmentErrors(draft)).length > 0) return null;
  const { id, use } = draft;
  const common = { id, use, name: draft.name.trim() };
  const port = { ...draft.port, path: draft.port.path.trim() };
  const line = { ...draft.line, baudRate: Number(draft.line.baudRate) };
  const parts = {
    panel: { port, profile: draft.profile },
    'message-desk': {
      port,
      line,
      role: draft.role,
      digits: draft.digits,
      keepAliveNumber: draft.keepAliveNumber.trim(),
    },
    modem: { port, line, kind: draft.kind, isFallback: draft.isFallback },
    'call-records': { layout: draft.layout, dateOrder: draft.dateOrder, source: sourceOf(draft, port, line) },
  } as const;
  const made = equipment.safeParse({ ...common, ...parts[use] });
  return made.success ? made.data : null;
}

function sourceOf(draft: EquipmentDraft, port: PortChoice, line: LineSettings): object {
  switch (draft.source) {
    case 'port':
      return { kind: 'port', port, line };
    case 'connect':
      return { kind: 'connect', host: draft.host.trim(), port: Number(draft.tcpPort) };
    case 'listen':
      return { kind: 'listen', port: Number(draft.tcpPort) };
    case 'file':
      return { kind: 'file', path: draft.file.trim() };
  }
}

/** A port somebody chose from the list: where it is, and what it is known by when it is plugged in elsewhere. */
export function choiceOf(found: FoundPort): PortChoice {
  return {
    path: found.path,
    vendorId: found.vendorId?.toLowerCase() ?? null,
    productId: found.productId?.toLowerCase() ?? null,
    serialNumber: found.serialNumber,
  };
}

/** The list with a piece changed in its place, or added at the end. */
export function withPiece(present: readonly Equipment[], piece: Equipment): Equipment[] {
  const isThere = present.some(({ id }) => id === piece.id);
  return isThere ? present.map((each) => (each.id === piece.id ? piece : each)) : [...present, piece];
}

function typedLine(line: LineSettings): EquipmentDraft['line'] {
  return { ...line, baudRate: String(line.baudRate) };
}

function isWholeNumber(text: string, least: number, most: number): boolean {
  const value = Number(text);
  return /^\d+$/.test(text.trim()) && value >= least && value <= most;
}
