import { join } from 'node:path';
import { type LightRulesFile, lightRulesFile } from '../core/light-rule.ts';
import type { Notice } from '../core/notice.ts';
import { readHandWritten } from './hand-written-file.ts';

/**
 * `lights.json` of a profile: which colours a light has for each state of the seat. Optional; a file with a mistake is
 * named with its line, and the built-in rules hold.
 */
export async function readLightRules(
  directory: string,
): Promise<{ readonly rules: LightRulesFile; readonly notices: readonly Notice[] }> {
  const read = await readHandWritten(join(directory, 'lights.json'), lightRulesFile);
  if (read.kind !== 'bad') return { rules: read.kind === 'read' ? read.value : {}, notices: [] };
  const detail = `lights.json:${read.line}: ${read.message}`.slice(0, 400);
  return { rules: {}, notices: [{ code: 'settings-file', detail }] };
}
