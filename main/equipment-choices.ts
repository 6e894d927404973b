import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { shippedProfileIds, shippedProfileText } from '../native/serial/profile-file.ts';
import { readProfile } from '../native/serial/read-profile.ts';
import { readLayout, shippedLayouts } from '../native/smdr/shipped-layouts.ts';

/** A serial profile or a layout of call records as a person chooses one (core/equipment-api.ts). */
export type EquipmentChoice = {
  readonly id: string;
  readonly title: string;
  readonly unproven: string[];
  readonly isShipped: boolean;
};

/** More files than these in a folder of somebody's own are not offered. */
const ownFilesMax = 200;

/** The serial profiles there are: those that come with Hookline, and those in `serial-profiles/` of the profile folder. */
export async function profileChoices(directory: string): Promise<EquipmentChoice[]> {
  const shipped = shippedProfileIds.map((id) => profileChoice(id, shippedProfileText(id) ?? '', true));
  const own = await ownFiles(join(directory, 'serial-profiles'));
  return [...shipped, ...own.map(({ id, text }) => profileChoice(id, text, false))];
}

/** The layouts there are: those that come with Hookline, and those in `smdr-layouts/` of the profile folder. */
export async function layoutChoices(directory: string): Promise<EquipmentChoice[]> {
  const shipped = [...shippedLayouts().values()].map((layout) => layoutChoice(layout, true));
  const own = await ownFiles(join(directory, 'smdr-layouts'));
  return [
    ...shipped,
    ...own.map(({ id, text }): EquipmentChoice => {
      const read = readLayout(text);
      if (read.kind === 'wrong') return broken(id, read.detail);
      return { ...layoutChoice(read.layout, false), id };
    }),
  ];
}

function profileChoice(id: string, text: string, isShipped: boolean): EquipmentChoice {
  const read = readProfile(text);
  if (read.kind === 'ok') {
    const { title, unproven } = read.compiled.profile;
    return { id, title, unproven: [...unproven], isShipped };
  }
  const [fault] = read.faults;
  return broken(id, `line ${fault?.line ?? 1}: ${fault?.path ?? ''} ${fault?.message ?? ''}`);
}

type Layout = ReturnType<typeof shippedLayouts> extends ReadonlyMap<string, infer Each> ? Each : never;

function layoutChoice({ id, title, proof, shapes }: Layout, isShipped: boolean): EquipmentChoice {
  const unproven = shapes.filter((shape) => shape.unproven).map((shape) => shape.name);
  return { id, title, unproven: unproven.length === 0 ? [] : [`${unproven.join(', ')}: ${proof}`], isShipped };
}

/** A file that cannot be used is offered by its name, with what is wrong: the person who wrote it looks for it here. */
function broken(id: string, why: string): EquipmentChoice {
  return { id, title: `${id}: ${why}`.slice(0, 200), unproven: [], isShipped: false };
}

async function ownFiles(folder: string): Promise<readonly { readonly id: string; readonly text: string }[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  const json = names.filter((name) => name.endsWith('.json')).toSorted();
  return Promise.all(
    json.slice(0, ownFilesMax).map(async (name) => ({
      id: basename(name, '.json'),
      text: await readFile(join(folder, name), 'utf8'),
    })),
  );
}
