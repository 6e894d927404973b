import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileKeyKeeper } from '../../../main/store/profile-key.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { frameLength, headLength, readHead } from '../../../recording/frame.ts';
import { framesOffset } from '../../../recording/header.ts';
import { type Problem, readContainer } from '../../../recording/read-container.ts';
import type { Dice } from '../dice.ts';
import { brought, type Fault, fault } from '../fault.ts';
import { expectNothingLost, inWords } from '../oracle.ts';
import { type SeatScene, seatScene } from '../seat-scene.ts';

/** A file of a recording in pieces: its head, then frame after frame. */
type Pieces = { readonly head: Buffer; readonly frames: readonly Buffer[] };

/** What a harm makes of it, and which chunks must be told as harmed. `other` is a frame of another recording. */
type Harm = (pieces: Pieces, at: number, other: Buffer, dice: Dice) => Buffer[];

type HarmOfSound = {
  readonly harm: Harm;
  /** What the reader must say of the chunk, and whether its sound is gone. */
  readonly problem: Problem['problem'];
  readonly isGone: boolean;
};

const harms: Readonly<Record<string, HarmOfSound>> = {
  'a-bit-turned': {
    problem: 'damaged',
    isGone: true,
    harm: ({ frames }, at, _other, dice) => {
      const frame = Buffer.from(frames[at] ?? Buffer.alloc(0));
      const place = dice.whole(headLength, frame.length - 1);
      frame[place] = (frame[place] ?? 0) ^ (1 << dice.whole(0, 7));
      return frames.with(at, frame);
    },
  },
  'two-chunks-swapped': {
    problem: 'out-of-order',
    isGone: false,
    harm: ({ frames }, at) => [
      ...frames.slice(0, at),
      ...frames.slice(at, at + 2).toReversed(),
      ...frames.slice(at + 2),
    ],
  },
  'a-chunk-missing': { problem: 'missing', isGone: true, harm: ({ frames }, at) => frames.toSpliced(at, 1) },
  'a-chunk-twice': {
    problem: 'duplicated',
    isGone: false,
    harm: ({ frames }, at) => frames.toSpliced(at, 0, frames[at] ?? Buffer.alloc(0)),
  },
  'a-chunk-of-another-recording': {
    problem: 'damaged',
    isGone: true,
    harm: ({ frames }, at, other) => frames.with(at, other),
  },
};

/** A profile with two recordings that are closed. */
type Recorded = SeatScene & {
  readonly ids: readonly string[];
  harmed: { readonly id: string; readonly chunk: number } | null;
};

function recorded(): Promise<Recorded> {
  return brought(seatScene(), recordTwo);
}

async function recordTwo(scene: SeatScene): Promise<Recorded> {
  const life = await scene.live();
  for (let call = 0; call < 2; call += 1) {
    await life.order({ do: 'talk', seconds: 8 });
    await life.order({ do: 'hang-up' });
  }
  await life.order({ do: 'close' });
  return { ...scene, ids: [...scene.shown.chunks.keys()], harmed: null };
}

/** Recordings whose bytes are no longer as they were written: told exactly, and all the rest plays. */
export const damagedSound: Readonly<Record<string, Fault>> = Object.fromEntries(
  Object.entries(harms).map(([name, { harm, problem, isGone }]) => [
    `recording-with-${name}`,
    fault<Recorded>({
      promise: `A recording with ${name.replaceAll('-', ' ')} is told as such, exactly there; every other chunk plays.`,
      arrange: recorded,
      inject: async (scene, dice) => {
        const [id = '', otherId = ''] = dice.next() < 0.5 ? scene.ids : scene.ids.toReversed();
        const pieces = await piecesOf(scene.profile, id);
        const other = await piecesOf(scene.profile, otherId);
        // Frame 0 says which call it is and the last one is the end; the one after `at` is sound too.
        const at = dice.whole(1, pieces.frames.length - 3);
        const frames = harm(pieces, at, other.frames[at] ?? Buffer.alloc(0), dice);
        writeFileSync(pathOf(scene.profile, id), Buffer.concat([pieces.head, ...frames]));
        scene.harmed = { id, chunk: at };
      },
      check: async ({ profile, shown, harmed }) => {
        if (harmed === null) throw new Error('nothing was harmed');
        const { id, chunk } = harmed;
        const problems = await problemsOf(profile, id);
        if (!problems.some((each) => each.problem === problem && Math.abs(each.chunk - chunk) <= (isGone ? 0 : 1)))
          throw new Error(`chunk ${chunk} is not told as ${problem}: ${JSON.stringify(problems)}`);
        const damaged = new Map([[id, new Set(isGone ? [chunk] : [])]]);
        return `${inWords(await expectNothingLost(profile, shown, { damaged }))}, chunk ${chunk} told as ${problem}`;
      },
    }),
  ]),
);

function pathOf(profile: string, id: string): string {
  const { recordings } = profilePaths(profile);
  const name = readdirSync(recordings).find((each) => each === `${id}.hkrec`);
  if (name === undefined) throw new Error(`no file of ${id}`);
  return join(recordings, name);
}

async function contentsOf(profile: string, id: string) {
  const keyed = await fileKeyKeeper(profilePaths(profile).key).key(true);
  if (keyed.kind === 'refused') throw new Error(keyed.error.code);
  const contents = readContainer(readFileSync(pathOf(profile, id)), keyed.key);
  if (contents.kind === 'unreadable') throw new Error(contents.code);
  return contents;
}

async function problemsOf(profile: string, id: string): Promise<readonly Problem[]> {
  return (await contentsOf(profile, id)).problems;
}

/** Cuts a sound file at its frames. */
async function piecesOf(profile: string, id: string): Promise<Pieces> {
  const bytes = readFileSync(pathOf(profile, id));
  const { keys } = await contentsOf(profile, id);
  const frames: Buffer[] = [];
  let offset = framesOffset;
  for (let head = readHead(keys, bytes, offset); head !== null; head = readHead(keys, bytes, offset)) {
    const end = offset + frameLength(head);
    frames.push(bytes.subarray(offset, end));
    offset = end;
  }
  return { head: bytes.subarray(0, framesOffset), frames };
}
