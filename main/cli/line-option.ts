import { InvalidArgumentError } from 'commander';
import type { LineSettings } from '../../core/equipment.ts';

/** Speed, data bits, parity and stop bits as they are written on the equipment: 9600-8N1. */
export function readLine(text: string): LineSettings {
  const [, rate, bits, parity, stop] = /^(\d{2,7})-([78])([NEO])([12])$/.exec(text) ?? [];
  if (rate === undefined) throw new InvalidArgumentError('A line looks like 9600-8N1 or 1200-7E1.');
  return {
    baudRate: Number(rate),
    dataBits: bits === '7' ? 7 : 8,
    parity: parity === 'E' ? 'even' : parity === 'O' ? 'odd' : 'none',
    stopBits: stop === '2' ? 2 : 1,
    flow: 'none',
  };
}

/** A number of seconds, a day at most. */
export function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86_400)) throw new InvalidArgumentError('A number up to 86400.');
  return seconds;
}
