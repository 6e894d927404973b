import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { LogListener, LogSource } from './log-source.ts';

/** How often a file is looked at; a switch's log grows by lines a minute. */
export const fileLookMs = 1_000;
/** So many bytes at a time; what is more comes with the next read. */
const readMax = 64 * 1024;
/** A file is known again by what it begins with. */
const headMax = 64;
/** A line longer than this is none; it is handed on in pieces. */
const lineMax = 64 * 1024;

/** Where reading stopped: behind the last whole line that was handed on. `head`: how the file begins, in hex. */
export type FilePosition = { readonly inode: string; readonly head: string; readonly offset: number };

export type FileSourceParts = {
  readonly path: string;
  readonly clock: Clock;
  /** Undefined at the first time: a file that is there already is then read from its end on, one that comes later whole. */
  readonly position: FilePosition | undefined;
  /** After the bytes before it were handed on. */
  onPosition(position: FilePosition): void;
};

type Reading = {
  readonly file: FileHandle;
  readonly inode: string;
  head: Buffer;
  /** Behind the last byte read. */
  at: number;
  /** The line that has no end yet. */
  tail: Buffer;
};

/**
 * Follows a log file as `tail -F` does. Only whole lines are handed on, so a line the switch is still writing is read once
 * and whole. A file that was renamed away is read to its end before the new one is begun, also when that happened while
 * nobody read; one that was cut short or written anew is read from its start. Nothing is lost or told twice, but for a
 * crash between handing lines on and remembering it: then they are told again.
 */
export function followFile(parts: FileSourceParts, listener: LogListener): LogSource {
  return new FollowedFile(parts, listener);
}

class FollowedFile implements LogSource {
  readonly #parts: FileSourceParts;
  readonly #listener: LogListener;
  readonly #running: Promise<void>;
  #reading: Reading | undefined;
  #position: FilePosition | undefined;
  #isFirstLook = true;
  #isClosed = false;
  #told = '';
  #endWait = (): void => undefined;

  constructor(parts: FileSourceParts, listener: LogListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.#position = parts.position;
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#endWait();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      try {
        await this.#look();
      } catch (error) {
        await this.#letGo();
        this.#away('refused', error instanceof Error ? error.message : String(error));
      }
      if (!this.#isClosed) await this.#wait();
    }
    await this.#letGo();
  }

  async #look(): Promise<void> {
    const { path } = this.#parts;
    const inode = await inodeAt(path);
    if (this.#reading !== undefined) {
      await this.#readOn(this.#reading);
      if (inode === this.#reading.inode) return;
      // Renamed away or deleted: its last line will not get its end.
      this.#flush(this.#reading);
      await this.#letGo();
      this.#position = undefined;
    }
    if (inode === undefined) this.#away('not-found', `there is no file ${path}`);
    else await this.#begin(path, inode);
    this.#isFirstLook = false;
  }

  async #begin(path: string, inode: string): Promise<void> {
    const position = this.#position;
    if (position !== undefined && position.inode !== inode) await this.#finishRenamed(path, position);
    const reading = await openReading(path);
    const { size } = await reading.file.stat();
    if (position === undefined) reading.at = this.#isFirstLook ? await lastLineEnd(reading.file, size) : 0;
    else if (isSameFile(position, reading) && size >= position.offset) reading.at = position.offset;
    this.#reading = reading;
    this.#told = '';
    this.#listener.onState({ kind: 'connected', peer: path });
    this.#remember(reading);
    await this.#readOn(reading);
  }

  /** The file that was being read when we stopped may lie beside it under another name. */
  async #finishRenamed(path: string, position: FilePosition): Promise<void> {
    const names = await readdir(dirname(path));
    for (const name of names.filter((one) => one.startsWith(basename(path)) && one !== basename(path))) {
      const renamed = join(dirname(path), name);
      if ((await inodeAt(renamed)) !== position.inode) continue;
      const reading = await openReading(renamed);
      reading.at = position.offset;
      if (isSameFile(position, reading)) {
        await this.#readOn(reading);
        this.#flush(reading);
      }
      await reading.file.close();
      return;
    }
  }

  async #readOn(reading: Reading): Promise<void> {
    const { size } = await reading.file.stat();
    if (size < reading.at || !(await hasSameHead(reading))) {
      this.#flush(reading);
      reading.at = 0;
      reading.head = Buffer.alloc(0);
    }
    const buffer = Buffer.alloc(readMax);
    while (!this.#isClosed) {
      const { bytesRead } = await reading.file.read(buffer, 0, readMax, reading.at);
      if (bytesRead === 0) return;
      if (reading.head.length < headMax) reading.head = await headOf(reading.file);
      reading.at += bytesRead;
      this.#take(reading, buffer.subarray(0, bytesRead));
    }
  }

  #take(reading: Reading, bytes: Buffer): void {
    const all = Buffer.concat([reading.tail, bytes]);
    const end = Math.max(all.lastIndexOf(10), all.lastIndexOf(13)) + 1;
    const whole = end === 0 && all.length > lineMax ? all.length : end;
    reading.tail = Buffer.from(all.subarray(whole));
    if (whole === 0) return;
    this.#listener.onBytes(all.subarray(0, whole));
    this.#remember(reading);
  }

  /** Hands on a line that will not get its end. */
  #flush(reading: Reading): void {
    if (reading.tail.length > 0) this.#listener.onBytes(Buffer.concat([reading.tail, Buffer.of(10)]));
    reading.tail = Buffer.alloc(0);
  }

  #remember({ inode, head, at, tail }: Reading): void {
    this.#position = { inode, head: head.toString('hex'), offset: at - tail.length };
    this.#parts.onPosition(this.#position);
  }

  async #letGo(): Promise<void> {
    const { file } = this.#reading ?? {};
    this.#reading = undefined;
    // Only read: closing it loses nothing.
    await file?.close().catch(() => undefined);
  }

  #away(why: 'not-found' | 'refused', detail: string): void {
    if (this.#isClosed || this.#told === detail) return;
    this.#told = detail;
    this.#listener.onState({ kind: 'lost', why, detail });
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(fileLookMs, resolve);
      this.#endWait = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** Which file lies there now; undefined: none. A device and a number, as text: numbers of Windows do not fit a double. */
async function inodeAt(path: string): Promise<string | undefined> {
  try {
    return inodeOf(await stat(path, { bigint: true }));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function inodeOf({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): string {
  return `${dev}-${ino}`;
}

async function openReading(path: string): Promise<Reading> {
  const file = await open(path, 'r');
  const inode = inodeOf(await file.stat({ bigint: true }));
  return { file, inode, head: await headOf(file), at: 0, tail: Buffer.alloc(0) };
}

/** Behind the last whole line of a file; its end when the line before it is too long to be one. */
async function lastLineEnd(file: FileHandle, size: number): Promise<number> {
  const from = Math.max(0, size - lineMax);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(lineMax), 0, lineMax, from);
  const read = buffer.subarray(0, bytesRead);
  const end = Math.max(read.lastIndexOf(10), read.lastIndexOf(13)) + 1;
  return end === 0 && from > 0 ? size : from + end;
}

async function headOf(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(headMax), 0, headMax, 0);
  return buffer.subarray(0, bytesRead);
}

/** Whether the file still begins as it did: one that was cut and written anew may be longer than before. */
async function hasSameHead({ file, head }: Reading): Promise<boolean> {
  const now = await headOf(file);
  return now.length >= head.length && now.subarray(0, head.length).equals(head);
}

function isSameFile(position: FilePosition, { inode, head }: Reading): boolean {
  return position.inode === inode && head.toString('hex').startsWith(position.head);
}
