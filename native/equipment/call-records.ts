import { assertNever } from '../../core/assert-never.ts';
import type { DeviceInfo } from '../../core/device-api.ts';
import type { EquipmentEvent } from '../../core/equipment-event.ts';
import { followFile } from '../smdr/file-source.ts';
import type { SmdrLayout } from '../smdr/layout.ts';
import type { LogListener, LogSource, SourceState } from '../smdr/log-source.ts';
import { readLogFromPort } from '../smdr/port-source.ts';
import { type DecodedRecord, RecordDecoder, type UnreadLine } from '../smdr/record-decoder.ts';
import { layoutProof, readLayout, shippedLayouts } from '../smdr/shipped-layouts.ts';
import type { WallMoment } from '../smdr/switch-calendar.ts';
import { connectToLog, listenForLog } from '../smdr/tcp-source.ts';
import type { DateOrder } from '../smdr/value-form.ts';
import { equipmentInfo, openingProblem, withOpen, withProblem } from './equipment-info.ts';
import type { EquipmentOpening, EquipmentPart } from './equipment-part.ts';
import { logPosition } from './log-position.ts';
import { ownFilePath, textOf, watchFile } from './own-file.ts';

type Opening = EquipmentOpening<'call-records'>;

/** A port of this machine that cannot be listened on (taken, or not allowed) is tried again so often. */
export const listenAgainMs = 5_000;
/** Longest piece of an unread line in one event; a longer line is told in pieces. */
const unreadPieceMax = 5_000;
/** The most pieces of proof that are told of a layout. */
const unprovenMax = 20;

const lineEnd = Uint8Array.of(10);
const orders: Readonly<Record<'day-first' | 'month-first', DateOrder>> = { 'day-first': 'dmy', 'month-first': 'mdy' };

/**
 * The call log of a switch, from a port, a socket or a file, as `call-record` and `unread-record` events. The layout is one
 * of FOLDER/smdr-layouts/, else a shipped one. `wallNow` is the clock on the wall, for switches that print no date.
 */
export function openCallRecords(opening: Opening, wallNow: () => Date = () => new Date()): EquipmentPart {
  return new CallRecords(opening, wallNow);
}

class CallRecords implements EquipmentPart {
  readonly #opening: Opening;
  readonly #wallNow: () => Date;
  #info: DeviceInfo;
  #decoder: RecordDecoder | undefined;
  #source: LogSource | undefined;
  #loading: Promise<void>;
  #settled: () => Promise<void> = async () => undefined;
  #isClosed = false;
  #stopWaiting = (): void => undefined;

  constructor(opening: Opening, wallNow: () => Date) {
    this.#opening = opening;
    this.#wallNow = wallNow;
    this.#info = equipmentInfo(opening.equipment, opening.equipment.layout, { path: placeOf(opening) });
    this.#loading = this.#load();
  }

  get info(): DeviceInfo {
    return this.#info;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWaiting();
    await this.#loading;
    await this.#source?.close();
    // Calls whose rest did not come: told as they are, marked incomplete.
    for (const one of this.#decoder?.end() ?? []) this.#tell(one);
    await this.#settled();
  }

  async #load(): Promise<void> {
    const { equipment, folder, clock } = this.#opening;
    const path = ownFilePath(folder, 'smdr-layouts', equipment.layout);
    const layout = await layoutNamed(equipment.layout, path);
    if (this.#isClosed) return;
    if (typeof layout !== 'string') return this.#start(layout);
    this.#say(withProblem(this.#info, 'bad-profile', layout));
    if (path === undefined) return;
    this.#stopWaiting = watchFile(path, clock, () => {
      this.#loading = this.#load();
    });
  }

  async #start(layout: SmdrLayout): Promise<void> {
    const { equipment } = this.#opening;
    const { dateOrder, source } = equipment;
    this.#decoder = new RecordDecoder(layout, {
      today: this.#wallMoment().date,
      now: () => this.#wallMoment(),
      isSevenBit: source.kind === 'port' && source.line.dataBits === 7,
      ...(dateOrder !== 'layout' && { dateOrder: orders[dateOrder] }),
    });
    const unproven = layoutProof(layout) === 'proven' ? [] : [layout.proof, ...unprovenShapes(layout)];
    const path = placeOf(this.#opening);
    this.#say(equipmentInfo(equipment, layout.title, { path, unproven: unproven.slice(0, unprovenMax) }));
    await this.#listen(layout);
  }

  async #listen(layout: SmdrLayout): Promise<void> {
    const { clock, equipment } = this.#opening;
    try {
      const source = await this.#openSource(layout, {
        onBytes: (bytes) => this.#take(bytes),
        onState: (state) => this.#onState(state),
      });
      this.#source = source;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const problem = /EADDRINUSE/.test(detail) ? 'in-use' : /EACCES/.test(detail) ? 'no-permission' : 'cannot-open';
      this.#say(withProblem(this.#info, problem, `${equipment.source.kind}: ${detail}`));
      this.#stopWaiting = clock.after(listenAgainMs, () => {
        this.#loading = this.#listen(layout);
      });
    }
  }

  async #openSource(layout: SmdrLayout, listener: LogListener): Promise<LogSource> {
    const { equipment, folder, clock, ports, listener: to } = this.#opening;
    const { source } = equipment;
    switch (source.kind) {
      case 'port': {
        const settings = { ...source.line, lock: true };
        return readLogFromPort({ find: ports.portOf(source.port), open: ports.open, settings, clock }, listener);
      }
      case 'connect':
        return connectToLog(source, Buffer.from(layout.greetingHex, 'hex'), listener, clock.after);
      case 'listen':
        return listenForLog({ port: source.port }, listener);
      case 'file': {
        const { path } = source;
        const kept = logPosition(folder, equipment.id, path, (detail) => to.onTrouble('remembering the place', detail));
        this.#settled = kept.settled;
        const position = await kept.read();
        return followFile({ path, clock, position, onPosition: (place) => kept.keep(place) }, listener);
      }
      default:
        return assertNever(source);
    }
  }

  #onState(state: SourceState): void {
    const place = placeOf(this.#opening);
    if (state.kind === 'connected') {
      this.#say(withOpen(this.#info, this.#isPort ? state.peer : place));
    } else if (state.kind === 'listening') {
      this.#say(withProblem(this.#info, 'no-answer', `the switch has not connected to port ${state.port}`));
    } else {
      // Half a line will not be finished by the next connection.
      this.#take(lineEnd);
      this.#say(withProblem(this.#info, this.#problemOf(state), state.detail));
    }
  }

  #problemOf({ why, detail }: Extract<SourceState, { readonly kind: 'lost' }>): ReturnType<typeof openingProblem> {
    if (this.#isPort) return why === 'refused' ? openingProblem(detail) : 'not-plugged-in';
    if (this.#opening.equipment.source.kind === 'file') return 'cannot-open';
    return why === 'refused' ? 'cannot-open' : 'no-answer';
  }

  get #isPort(): boolean {
    return this.#opening.equipment.source.kind === 'port';
  }

  #take(bytes: Uint8Array): void {
    for (const one of this.#decoder?.push(bytes) ?? []) this.#tell(one);
  }

  #tell(one: DecodedRecord | UnreadLine): void {
    const { equipment, listener } = this.#opening;
    for (const event of eventsOf(equipment.id, one)) listener.onEvent(event);
  }

  #wallMoment(): WallMoment {
    const now = this.#wallNow();
    const date = { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() };
    return { date, seconds: now.getHours() * 3600 + now.getMinutes() * 60 + now.getSeconds() };
  }

  #say(info: DeviceInfo): void {
    this.#info = info;
    if (!this.#isClosed) this.#opening.listener.onInfo(info);
  }
}

/** A layout by its name, or a sentence that says what is wrong with it. Never rejects. */
async function layoutNamed(name: string, path: string | undefined): Promise<SmdrLayout | string> {
  let own: string | undefined;
  try {
    own = await textOf(path);
  } catch (error) {
    return `${path}: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (own === undefined) {
    return shippedLayouts().get(name) ?? `there is no shipped layout and no file smdr-layouts/${name}.json`;
  }
  const outcome = readLayout(own);
  return outcome.kind === 'read' ? outcome.layout : `${path}:${outcome.line}: ${outcome.detail}`;
}

function unprovenShapes({ shapes }: SmdrLayout): readonly string[] {
  return shapes.filter((shape) => shape.unproven).map((shape) => `shape ${shape.name}`);
}

function placeOf({ equipment: { source } }: Opening): string {
  switch (source.kind) {
    case 'port':
      return source.port.path;
    case 'connect':
      return `${source.host}:${source.port}`;
    case 'listen':
      return `:${source.port}`;
    case 'file':
      return source.path;
    default:
      return assertNever(source);
  }
}

function* eventsOf(id: string, one: DecodedRecord | UnreadLine): Generator<EquipmentEvent> {
  if (one.kind === 'record') {
    yield { kind: 'call-record', id, record: one.record };
    return;
  }
  const { line, text, hex, reason } = one;
  const pieces = Math.max(1, Math.ceil(Math.max(text.length, (hex?.length ?? 0) / 2) / unreadPieceMax));
  for (let piece = 0; piece < pieces; piece += 1) {
    const [from, to] = [piece * unreadPieceMax, (piece + 1) * unreadPieceMax];
    const unread = { line, text: text.slice(from, to), hex: hex?.slice(from * 2, to * 2) ?? null, reason };
    yield { kind: 'unread-record', id, unread };
  }
}
