import { createHash, X509Certificate } from 'node:crypto';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import encodeQR from 'qr';
import { type Enrolment, enrolmentFileText, enrolmentUri } from '../../core/enrolment-text.ts';

/** What is told of a code that was made, for a person and for a program. */
export interface EnrolmentSheet {
  readonly text: string;
  readonly value: { readonly code: string; readonly expiresAt: number; readonly uri: string; readonly file?: string };
}

/** White on black whatever the terminal's own colours are: a scanner reads dark on light. */
const whiteOnBlack = ['\u001b[97;40m', '\u001b[0m'] as const;
/** The quiet zone that ISO/IEC 18004 wants around the symbol, in modules. */
const quietModules = 4;

/**
 * A code for reading aloud, for a scanner and for a file: `file` is written, readable by its owner alone, when it is
 * named. `isTerminal`: colours are understood. Throws when the file is there or can't be written.
 */
export function enrolmentSheet(
  enrolment: Enrolment,
  {
    expiresAt,
    file,
    isTerminal,
  }: { readonly expiresAt: number; readonly file: string | null; readonly isTerminal: boolean },
): EnrolmentSheet {
  const uri = enrolmentUri(enrolment);
  const { code, address } = enrolment;
  if (file !== null) writeFileSync(file, enrolmentFileText(enrolment), { mode: 0o600, flag: 'wx' });
  const [before, after] = isTerminal ? whiteOnBlack : ['', ''];
  const symbol = encodeQR(uri, 'ascii', { ecc: 'medium', border: quietModules }).trimEnd();
  const lines = [
    code,
    `One seat may enrol with it until ${new Date(expiresAt).toISOString()}, at ${address}.`,
    ...symbol.split('\n').map((line) => `${before}${line}${after}`),
    uri,
    ...(file === null ? [] : [`The same is in ${file}: open it at the seat, then remove it.`]),
  ];
  return { text: lines.join('\n'), value: { code, expiresAt, uri, ...(file === null ? {} : { file }) } };
}

/** Throws when a file is there already, or can't be made: then no code is made for it. Leaves nothing behind. */
export function expectWritable(file: string): void {
  closeSync(openSync(file, 'wx', 0o600));
  rmSync(file);
}

/** The pin of a certificate in PEM or DER: base64 of the SHA-256 of its key. Throws when it can't be read. */
export function pinOfCertificate(path: string): string {
  const { publicKey } = new X509Certificate(readFileSync(path));
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}
