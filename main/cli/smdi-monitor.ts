import { createInterface } from 'node:readline';
import type { LineSettings } from '../../core/equipment.ts';
import type { CommandOutcome, EquipmentCommand } from '../../core/equipment-event.ts';
import { systemClock } from '../../native/clock.ts';
import { equipmentPorts } from '../../native/equipment/equipment-ports.ts';
import { openMessageDesk } from '../../native/equipment/message-desk.ts';
import { type NumberWidth, reasonOf } from '../../native/smdi/smdi-message.ts';
import { liveLines, untilEnd } from './live-lines.ts';

export type SmdiMonitorOptions = {
  readonly digits: NumberWidth;
  readonly line: LineSettings;
  readonly role: 'desk' | 'switch';
  readonly testNumber: string;
  readonly seconds?: number;
};

/** A command typed at the monitor. */
const commandLengthMax = 200;
const id = 'monitor';

/**
 * Is one side of a link until the time is over or the process is asked to end, as the seat would be: events and the state
 * of the link go to standard output as JSON lines. On standard input `lamp NUMBER on|off` sets a lamp; as the switch
 * `call LETTER CALLING [FORWARDED-FROM]` tells a call, `-` for a number that is not told.
 */
export async function monitorMessageDesk(path: string, options: SmdiMonitorOptions): Promise<void> {
  const { digits, line, role, testNumber, seconds } = options;
  const say = liveLines();
  const part = openMessageDesk({
    equipment: {
      ...{ use: 'message-desk', id, name: '', role, digits, line, keepAliveNumber: testNumber },
      port: { path, vendorId: null, productId: null, serialNumber: null },
    },
    folder: '',
    clock: systemClock,
    ports: equipmentPorts({ clock: systemClock }),
    listener: {
      onInfo: ({ state }) =>
        say(state.kind === 'problem' ? { link: state.problem, detail: state.detail } : { link: state.kind }),
      onKey: () => undefined,
      onEvent: (event) => say({ ...event, id: undefined }),
      onTrouble: (doing, detail) => say({ trouble: doing, detail }),
      onFailed: (detail) => say({ trouble: 'the link', detail }),
    },
  });
  if (part.info.state.kind === 'problem') say({ link: part.info.state.problem, detail: part.info.state.detail });
  const commands = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  commands.on('line', (text) => {
    if (text.trim() === '') return;
    const command = readCommand(text.slice(0, commandLengthMax));
    const outcome: CommandOutcome | undefined = command === undefined ? wrongCommand : part.command?.(command);
    if (outcome?.kind === 'refused') say({ trouble: 'a command', detail: outcome.why });
  });
  await untilEnd(seconds);
  commands.close();
  await part.close();
}

const wrongCommand: CommandOutcome = {
  kind: 'refused',
  why: 'write: lamp NUMBER on|off, or as the switch: call LETTER CALLING [FORWARDED-FROM]',
};

function readCommand(text: string): EquipmentCommand | undefined {
  const [word, first = '', second = '', third = '', ...more] = text.trim().split(/\s+/);
  if (more.length > 0) return undefined;
  if (word === 'lamp' && /^\d{1,10}$/.test(first) && /^(on|off)$/.test(second) && third === '')
    return { kind: 'message-waiting', id, number: first, isOn: second === 'on' };
  if (word !== 'call' || !/^[A-Z]$/.test(first) || !/^(\d{1,10}|-)$/.test(second)) return undefined;
  const numberOf = (typed: string): string => (typed === '-' ? '' : typed);
  const told = { desk: '001', terminal: '0001', letter: first, calling: numberOf(second) };
  return { kind: 'tell-call', id, message: { ...told, reason: reasonOf(first), forwardedFrom: numberOf(third) } };
}
