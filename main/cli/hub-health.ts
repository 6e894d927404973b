import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Finding } from '../store/health.ts';
import type { StoredEntry } from '../store/journal-table.ts';
import { heldAsEntry } from '../store/refill.ts';
import { readHubFault } from '../sync/hub-fault.ts';
import { type HubLink, openHubLink } from '../sync/hub-link.ts';
import type { KeptEnrolment } from '../sync/kept-enrolment.ts';
import { span } from './clock-health.ts';

/** What the log says of its hub. */
export interface HubEvidence {
  /** Null: the seat belongs to none. */
  readonly enrolment: KeptEnrolment | null;
  readonly lastSeq: number;
  readonly entryAt: (seq: number) => StoredEntry | null;
}

/** How far the clocks of seat and hub may stand apart before it is told, in milliseconds. */
const clockApartMaxMs = 60_000;
/** How long before its end a certificate is told of, in milliseconds. */
const certificateWarnMs = 14 * 24 * 3_600_000;
/** A technician waits for the answer; a hub that takes longer is as good as away, in milliseconds. */
const answerWithinMs = 5_000;

/**
 * Asks the seat's hub: does it answer, does it know the key, is its certificate one we trust and for how long, do the
 * clocks agree, does it hold the same log, has it set anything aside. A hub that is away is a warning: the seat works.
 */
export async function hubHealth(evidence: HubEvidence, now: () => number): Promise<readonly Finding[]> {
  const part = 'hub';
  const { enrolment } = evidence;
  if (enrolment === null) return [{ part, state: 'good', sentence: 'This seat belongs to no hub.', mend: null }];
  const link = openHubLink({ ...enrolment, now, stallMs: answerWithinMs });
  try {
    return [...(await standingFindings(link, evidence)), ...(await meet(link, now))];
  } catch (cause) {
    const fault = readHubFault(cause);
    const finding = (state: Finding['state'], sentence: string): readonly Finding[] => [
      { part, state, sentence: `${sentence} (${fault.detail})`, mend: null },
    ];
    switch (fault.kind) {
      case 'not-trusted':
        return finding(
          'bad',
          `The certificate of ${enrolment.address} is not the one the enrolment names, nor trusted.`,
        );
      case 'refused':
        return finding('bad', `The hub at ${enrolment.address} does not know the key of this seat: enrol it again.`);
      default:
        return finding(
          'warning',
          `The hub at ${enrolment.address} does not answer. The seat works; its log waits here.`,
        );
    }
  } finally {
    link.close();
  }
}

async function standingFindings(link: HubLink, { lastSeq, entryAt }: HubEvidence): Promise<readonly Finding[]> {
  const part = 'hub';
  const { client, address, seat } = link;
  const { lastSeq: atHub, setAsideCount } = await client.journal.standing();
  const findings: Finding[] = [];
  const common = Math.min(atHub, lastSeq);
  const ours = common === 0 ? null : entryAt(common);
  const [theirs] = ours === null ? [] : (await client.journal.entries({ after: common - 1, limit: 1 })).rows;
  const isOther =
    ours !== null && theirs !== undefined && ours.kind !== 'entry-lost' && heldAsEntry(theirs, seat).id !== ours.id;
  if (isOther || atHub > lastSeq) {
    const what = isOther
      ? `holds another entry under number ${common}`
      : `holds ${atHub - lastSeq} entries more than this log`;
    const sentence = `The hub ${what}: an old copy of the profile was put back, or two seats use it. Started, the console takes back what the hub has; if two run, end one.`;
    findings.push({ part, state: 'bad', sentence, mend: null });
  }
  if (setAsideCount > 0) {
    const sentence = `The hub set ${setAsideCount} entries of this seat aside; hookline seat standing and the hub's list say which.`;
    findings.push({ part, state: 'warning', sentence, mend: null });
  }
  if (findings.length > 0) return findings;
  const waiting = lastSeq - atHub;
  const rest = waiting === 0 ? 'everything of the log is there' : `${waiting} entries wait to go up`;
  return [{ part, state: 'good', sentence: `${address} answers and knows this seat; ${rest}.`, mend: null }];
}

/** What the hub shows before anything is said: its clock, and its certificate. */
async function meet(link: HubLink, now: () => number): Promise<readonly Finding[]> {
  const { date, certificateEnd } = await greeting(link);
  const findings: Finding[] = [];
  const apart = date === null ? 0 : Math.abs(now() - date);
  if (apart > clockApartMaxMs) {
    const sentence = `The clocks of this seat and of the hub are ${span(apart)} apart. Nothing is lost by it; times shown are wrong.`;
    findings.push({ part: 'hub clock', state: 'warning', sentence, mend: null });
  }
  if (certificateEnd !== null && certificateEnd - now() < certificateWarnMs) {
    const when = certificateEnd > now() ? `ends in ${span(certificateEnd - now())}` : 'has ended';
    findings.push({
      part: 'hub certificate',
      state: 'warning',
      sentence: `The hub's certificate ${when}.`,
      mend: null,
    });
  }
  return findings;
}

function greeting(link: HubLink): Promise<{ readonly date: number | null; readonly certificateEnd: number | null }> {
  const url = `${link.address}/healthz`;
  const ask = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = ask(url, { agent: link.agent, timeout: answerWithinMs }, (response) => {
      const { socket } = response;
      const end = socket instanceof TLSSocket ? Date.parse(socket.getPeerCertificate().valid_to) : Number.NaN;
      const date = Date.parse(response.headers.date ?? '');
      response.resume();
      resolve({ date: Number.isNaN(date) ? null : date, certificateEnd: Number.isNaN(end) ? null : end });
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', reject);
    request.end();
  });
}
