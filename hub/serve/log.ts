import { createHmac, randomBytes } from 'node:crypto';
import { type DestinationStream, type Logger, pino } from 'pino';
import { codeOf } from '../database/storage-fault.ts';

/** What the hub writes: JSON lines without anything that says who somebody is. */
export type HubLog = Logger;

/**
 * Opens the log. It is safe by what is never given to it: routes are logged by name and not by address, errors by name,
 * code and place and not by message (PostgreSQL's messages hold values), sources as a number that is made anew at each
 * start. Redaction is the net below.
 */
export function openLog(destination: DestinationStream, level: 'debug' | 'info' | 'silent'): HubLog {
  return pino(
    {
      level,
      base: null,
      serializers: { err: plainError, req: () => undefined, res: () => undefined },
      redact: {
        paths: [
          'authorization',
          'key',
          'code',
          'body',
          'name',
          'label',
          'number',
          'ip',
          'remoteAddress',
          'url',
          '*.body',
        ],
        remove: true,
      },
    },
    destination,
  );
}

/** An error without its message: a name, a code, and lines of code. */
export function plainError(cause: unknown) {
  if (!(cause instanceof Error)) return { name: typeof cause };
  const places = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const within = cause.cause === undefined ? {} : { cause: codeOf(cause.cause) ?? 'another error' };
  return { name: cause.name, code: codeOf(cause), at: places.slice(0, 8).map((line) => line.trim()), ...within };
}

/** Names a source (an address) in the log for as long as this process runs, and nobody can tell which it is. */
export function sourceNames(): (source: string) => string {
  const secret = randomBytes(32);
  return (source) => createHmac('sha256', secret).update(source).digest('hex').slice(0, 12);
}
