import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { IntakeRig } from './intake-rig.ts';
import { created, finishesAs, offsetAt, patch } from './raw-request.ts';

/** A row of the table: its number, what it says, and the proof on a hub. */
export type Row = readonly [number: number, says: string, run: (hub: IntakeRig) => Promise<void>];

export const content = randomBytes(1000);
export const half = content.subarray(0, 400);

/** An upload of `content` of which 400 bytes are there. */
export async function begun(hub: IntakeRig): Promise<string> {
  const url = await created(hub.url, { 'Upload-Length': '1000' });
  expect((await patch(url, 0, half)).status).toBe(204);
  return url;
}

/** Refused as said, and the upload goes on as if nothing had been. */
export async function refuses(
  url: string,
  answer: Promise<{ status: number }>,
  expected: number | 'any 4xx',
): Promise<void> {
  const { status } = await answer;
  if (expected === 'any 4xx') expect(Math.floor(status / 100)).toBe(4);
  else expect(status).toBe(expected);
  expect(await offsetAt(url)).toBe(400);
  await finishesAs(url, content);
}
