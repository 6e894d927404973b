import type { PhoneReport } from '../core/console-api.ts';
import type { SeatNotices } from './seat-notices.ts';
import type { Log, SeatDevices } from './seat-ports.ts';
import type { SeatRecordings } from './seat-recordings.ts';

/** What of a seat hears the phone page beside its calls. */
export type ReportHearers = {
  readonly recordings: SeatRecordings;
  readonly notices: SeatNotices;
  readonly devices: SeatDevices;
  readonly log: Log;
  /** The switch is there or away. */
  readonly onSignalling: () => void;
};

/** Hands a fact from the phone page to whoever it concerns beside the calls. */
export function heedReport(report: PhoneReport, hearers: ReportHearers): void {
  switch (report.kind) {
    case 'signalling':
      hearers.onSignalling();
      break;
    case 'media':
      if (report.state === 'fell-back') hearers.notices.tell({ code: 'microphone-fell-back', detail: report.detail });
      break;
    case 'recording':
      hearers.recordings.reported(report);
      break;
    case 'bad-frames':
      hearers.log('warn', `frames thrown away: ${report.oversize} too long, ${report.unreadable} unreadable`);
      break;
    case 'started':
      hearers.recordings.allInterrupted();
      break;
    case 'hid-collections':
      hearers.devices.setCollections(report.collections);
      break;
    default:
      break;
  }
}
