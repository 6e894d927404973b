import type { DeviceLog } from '../plugged-devices.ts';
import { type LightRules, type LightRulesFile, lightRules, lightRulesFile } from './light-rules.ts';

const flag = '--light-rules=';

/** The light rules as an argument of the device process: they hold for its life, and for each one started after it. */
export function lightRulesArgument(file: LightRulesFile): string {
  return `${flag}${JSON.stringify(file)}`;
}

/** The rules among the arguments of the device process; the built-in ones where there are none, or none that can be read. */
export function lightRulesOf(argv: readonly string[], log: DeviceLog): LightRules {
  const given = argv.find((argument) => argument.startsWith(flag))?.slice(flag.length) ?? '{}';
  try {
    return lightRules(lightRulesFile.parse(JSON.parse(given)));
  } catch (error) {
    log('error', `reading the light rules: ${String(error)}`);
    return lightRules({});
  }
}
