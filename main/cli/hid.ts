import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { descriptorTextMax, readDescriptorInput } from '../../native/hid/descriptor-text.ts';
import { parseReportDescriptor } from '../../native/hid/report-descriptor.ts';
import { type KeyControl, type LampControl, type TelephonyMap, telephonyMap } from '../../native/hid/telephony.ts';
import { usageText } from '../../native/hid/usages.ts';

/** Exit code for input that cannot be read: what was wrong stands in words on standard error. */
export const unreadableExitCode = 2;

/** `hookline hid describe FILE|- [--json]`: the keys and lamps in a HID report descriptor. */
export function hidCommand(): Command {
  const command = new Command('hid').description('look into HID devices');
  command
    .command('describe')
    .description('list the call keys and lamps of a HID report descriptor')
    .argument('<file>', 'hex text, {"descriptor_hex": "…"} or binary; - reads standard input')
    .option('--json', 'one JSON object: isTelephony, keys, lamps')
    .action(async (file: string, options: { readonly json?: boolean }) => {
      const outcome = await describe(file);
      if (outcome.kind === 'error') {
        process.stderr.write(`${file === '-' ? 'standard input' : file}: ${outcome.message}\n`);
        process.exitCode = unreadableExitCode;
        return;
      }
      process.stdout.write(options.json === true ? describeJson(outcome.map) : describeText(outcome.map));
    });
  return command;
}

type Outcome =
  | { readonly kind: 'ok'; readonly map: TelephonyMap }
  | { readonly kind: 'error'; readonly message: string };

async function describe(file: string): Promise<Outcome> {
  let bytes: Uint8Array;
  try {
    bytes = file === '-' ? await readStandardInput() : await readFile(file);
  } catch (error) {
    return { kind: 'error', message: error instanceof Error ? error.message : String(error) };
  }
  const input = readDescriptorInput(bytes);
  if (input.kind === 'error') return input;
  const descriptor = parseReportDescriptor(input.bytes);
  if (descriptor.kind === 'error') return { kind: 'error', message: `${descriptor.message} (${descriptor.code})` };
  return { kind: 'ok', map: telephonyMap(descriptor) };
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    // One byte more than is accepted is enough to know that it is too long.
    if (length > descriptorTextMax) break;
  }
  return Buffer.concat(chunks);
}

function describeJson(map: TelephonyMap): string {
  const row = (control: KeyControl | LampControl): object => ({
    name: control.name,
    usage: usageText(control.usage),
    reportId: control.reportId,
    bitOffset: control.bitOffset,
    bitSize: control.bitSize,
    relative: control.isRelative,
  });
  return `${JSON.stringify({ isTelephony: map.isTelephony, keys: map.keys.map(row), lamps: map.lamps.map(row) }, null, 2)}\n`;
}

function describeText(map: TelephonyMap): string {
  const row = (control: KeyControl | LampControl): string =>
    [
      `  ${control.name.padEnd(18)}`,
      usageText(control.usage),
      `report ${String(control.reportId).padStart(3)}`,
      `bit ${String(control.bitOffset).padStart(3)}`,
      control.bitSize === 1 ? '1 bit ' : `${control.bitSize} bits`,
      control.isRelative ? 'relative' : 'absolute',
    ].join('  ');
  const list = (title: string, controls: readonly (KeyControl | LampControl)[]): readonly string[] =>
    controls.length === 0 ? [`${title}: none`] : [`${title}:`, ...controls.map(row)];
  const verdict = map.isTelephony ? 'A call-control device.' : 'Not a call-control device.';
  return `${[verdict, ...list('Keys', map.keys), ...list('Lamps', map.lamps)].join('\n')}\n`;
}
