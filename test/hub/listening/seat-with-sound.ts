import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { siteAnswer } from '../../../core/hub-recordings-api.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { recordingKeys } from '../../../main/recordings/recording-keys.ts';
import { recordingVault } from '../../../main/recordings/vault.ts';
import { judgeHubKey, type PinnedHubKey } from '../../../recording/hub-key-pin.ts';
import { fullReserve, profileKey, recordedChunks } from '../../main/recordings/recorded.ts';
import { created, patch, tus } from '../recordings/raw-request.ts';
import { ask, noon, seatKey } from '../some-hub.ts';

/** A seat that records real sound and sends it to a hub by bare tus requests. */
export interface SeatWithSound {
  readonly seat: string;
  readonly key: string;
  /** The folder of its recordings. */
  readonly directory: string;
  /** Records 8.2 s with a pause of 1.7 s in it. */
  readonly record: (recordingId: string, wish?: { readonly isEnded?: boolean }) => Promise<Buffer>;
  /** Its wrap for the hub, as its upload says it. */
  readonly wrapOf: (recordingId: string) => Promise<string | null>;
  /** Begins its upload; the address. */
  readonly begin: (recordingId: string, change?: Readonly<Record<string, string | null>>) => Promise<string>;
  /** Begins it and sends the first so many bytes; all of them end it. */
  readonly send: (recordingId: string, bytes?: number) => Promise<void>;
  /** The same, at another hub's address. */
  readonly sendTo: (url: string, recordingId: string) => Promise<void>;
  /** Goes on where the hub says it is, as a seat does after anything broke. */
  readonly finish: (recordingId: string) => Promise<void>;
}

/** Enrols a seat at a hub and has it learn the hub's key. `pin` null: it knows none. */
export async function seatWithSound(hub: RunningHub, seat: string, knowsHub = true): Promise<SeatWithSound> {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-sound-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const key = await seatKey(hub, seat);
  const pin = knowsHub ? await pinOf(hub, key) : null;
  const keys = recordingKeys({ directory, profileKey, seat, pin: () => pin, log: () => undefined });
  const vault = recordingVault({ directory, profileKey, reserve: fullReserve, onKey: keys.keep });
  const fileOf = (recordingId: string): Buffer => readFileSync(join(directory, `${recordingId}.hkrec`));
  const wrapOf = async (recordingId: string) => (pin === null ? null : keys.wrapFor(recordingId, pin));
  const as = { Authorization: `Bearer ${key}` };
  const beginAt = async (url: string, recordingId: string, change: Readonly<Record<string, string | null>> = {}) => {
    const told = {
      recordingId,
      callId: `call-of-${recordingId}`,
      startedAt: String(noon - 1_000),
      key: await wrapOf(recordingId),
      ...change,
    };
    const metadata = Object.entries(told).flatMap(([name, value]) =>
      value === null ? [] : [`${name} ${Buffer.from(value).toString('base64')}`],
    );
    return created(`${url}/v1/recordings/uploads`, {
      'Upload-Defer-Length': '1',
      'Upload-Metadata': metadata.join(','),
      ...as,
    });
  };
  const begin: SeatWithSound['begin'] = (recordingId, change) => beginAt(hub.url, recordingId, change);
  const sendFrom = async (at: string, recordingId: string, from: number, to: number): Promise<void> => {
    const content = fileOf(recordingId);
    const whole: Record<string, string> = to === content.length ? { 'Upload-Length': String(content.length) } : {};
    const { status } = await patch(at, from, content.subarray(from, to), { ...whole, ...as });
    if (status !== 204) throw new Error(`the hub answered ${status}`);
  };
  return {
    seat,
    key,
    directory,
    record: async (recordingId, { isEnded = true } = {}) => {
      await vault.begin(recordingId, `call-of-${recordingId}`, noon - 1_000);
      for (const chunk of recordedChunks()) {
        if (chunk.atMs === 6_000)
          await vault.gap(recordingId, { atMs: 4_300, durationMs: 1_700, reason: 'card number' });
        await vault.append(recordingId, chunk);
      }
      if (isEnded) await vault.end(recordingId);
      return fileOf(recordingId);
    },
    wrapOf,
    begin,
    send: async (recordingId, bytes) =>
      sendFrom(await begin(recordingId), recordingId, 0, bytes ?? fileOf(recordingId).length),
    sendTo: async (url, recordingId) =>
      sendFrom(await beginAt(url, recordingId), recordingId, 0, fileOf(recordingId).length),
    finish: async (recordingId) => {
      const at = await begin(recordingId);
      const { headers } = await tus('HEAD', at, as);
      const offset = Number(headers['upload-offset']);
      const { length } = fileOf(recordingId);
      if (headers['repr-digest'] === undefined) await sendFrom(at, recordingId, offset, length);
    },
  };
}

/** The hub's key as a seat takes it. */
export async function pinOf(hub: RunningHub, key: string): Promise<PinnedHubKey> {
  const { body } = await ask(hub.url, 'GET', '/v1/site', key);
  const said = siteAnswer.parse(body);
  const verdict = judgeHubKey(null, said.hubId, said);
  if (verdict.kind !== 'taken') throw new Error(verdict.kind);
  return verdict.pin;
}

/** The sound of a recording, as a player asks for it. */
export function sound(
  hub: RunningHub,
  key: string | null,
  place: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): Promise<Response> {
  return fetch(`${hub.url}/v1/recordings/${place}/sound`, {
    method,
    headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
  });
}
