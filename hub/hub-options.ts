import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hubAddress } from '../core/enrolment-text.ts';
import { loginName, type PersonRole, personRole } from '../core/hub-people-api.ts';
import { type HubRole, hubRole } from '../core/hub-route.ts';
import type { AuditAnchor } from './audit/audit-table.ts';
import type { DatabasePlace } from './database/open-database.ts';
import { placeBeside, type RecordingPlace, readRecordingPlace } from './recordings/recording-place.ts';

/** What a person asked of the hub's program. */
export type HubWish =
  | {
      readonly kind: 'serve';
      readonly host: string;
      readonly port: number;
      readonly isBehindProxy: boolean;
      readonly isVerbose: boolean;
    }
  | {
      readonly kind: 'enrol-code';
      readonly label: string;
      readonly minutes: number;
      readonly renews: string | null;
      /** Where seats find the hub, and the certificates of its keys (files). */
      readonly address: string;
      readonly certificates: readonly string[];
      /** Where the enrolment file is written; null: nowhere. */
      readonly file: string | null;
    }
  | { readonly kind: 'make-key'; readonly name: string; readonly role: Exclude<HubRole, 'seat'> }
  | {
      readonly kind: 'make-person';
      readonly login: string;
      readonly name: string;
      readonly role: PersonRole;
      /** The PIN is the first line of standard input; otherwise one is made. */
      readonly isPinRead: boolean;
    }
  | { readonly kind: 'audit-verify'; readonly anchor: AuditAnchor | null }
  | { readonly kind: 'audit-accept'; readonly reason: string }
  | { readonly kind: 'rotate-recording-key' }
  | { readonly kind: 'help' };

export type HubOptions = {
  readonly recordings: RecordingPlace | null;
  /** The file whose secret seals the hub's private keys; null: they lie open in the database. */
  readonly recordingKeyFile: string | null;
  readonly place: DatabasePlace;
  readonly isJson: boolean;
  readonly wish: HubWish;
};

export const hubHelp = `Usage: hookline hub [serve|enrol-code|make-key|make-person|audit-verify|...] [options]

  serve          run the hub (what it does when no word is given)
    --host ADDRESS    listen there (127.0.0.1)
    --port NUMBER     listen there (7440)
    --behind-proxy    believe X-Forwarded-For
    --verbose         log every request
  enrol-code     make a code with which one seat may enrol, once
    --label TEXT      who or what it is for ("a seat")
    --minutes NUMBER  how long it may be used (60)
    --renews SEAT     a new key for this seat; its old one ends
    --address URL     where seats find the hub: https://… (http://127.0.0.1:7440, for this machine alone)
    --certificate PEM the hub's certificate, where its authority is the site's own: seats then ask for its key
                      (give it twice for the key that comes next)
    --file PATH       write an enrolment file, to be opened at the seat
  make-key       make a key for a person, told once
    --name NAME  --role agent|attendant|supervisor|quality|administrator|auditor
  make-person    add a person who signs in at seats; from the first one on seats ask who sits there
    --login NAME      a work number or a short name: what is typed to sign in
    --name NAME  --role agent|attendant|supervisor|quality|administrator|auditor
    --pin-stdin       read the PIN from standard input (else one is made, told once)
  audit-verify   check the audit trail from its beginning; exit code 1 when it was changed
    --anchor POSITION:HASH   a line that was written down earlier must still be there
  audit-accept   go on with an audit trail that was changed: the change stays visible for ever
    --reason TEXT     why
  rotate-recording-key   a new key pair for recordings; the old ones stay for what is there

  --data DIR        keep everything in DIR, in SQLite (~/.local/share/hookline-hub)
  --database URL    keep everything in PostgreSQL: postgres://USER@HOST/NAME (or HOOKLINE_HUB_DATABASE)
  --recordings DIR  keep recordings in DIR (beside hub.db), or in s3:https://HOST/BUCKET; its keys in
                    HOOKLINE_HUB_S3_KEY and HOOKLINE_HUB_S3_SECRET, a region in HOOKLINE_HUB_S3_REGION
  HOOKLINE_HUB_RECORDING_KEY   a file, made when it is missing, whose secret seals the hub's private keys:
                    keep it apart from the database, and a copy of it apart from both
  --json            JSON for programs`;

const options = {
  data: { type: 'string' },
  database: { type: 'string' },
  recordings: { type: 'string' },
  json: { type: 'boolean', default: false },
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '7440' },
  'behind-proxy': { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  label: { type: 'string', default: 'a seat' },
  minutes: { type: 'string', default: '60' },
  renews: { type: 'string' },
  address: { type: 'string', default: 'http://127.0.0.1:7440' },
  certificate: { type: 'string', multiple: true },
  file: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  login: { type: 'string' },
  'pin-stdin': { type: 'boolean', default: false },
  anchor: { type: 'string' },
  reason: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

/** Reads the command line; a wrong word is an error in words. */
export function readHubOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): HubOptions | { readonly error: string } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (positionals.length > 1) return { error: `one word at a time, not ${positionals.join(' ')}` };
    const url = values.database ?? environment.HOOKLINE_HUB_DATABASE;
    if (url !== undefined && values.data !== undefined) return { error: 'either --data or --database' };
    if (url !== undefined && !/^postgres(ql)?:\/\//.test(url))
      return { error: '--database wants postgres://…; without it the hub keeps a SQLite file in --data' };
    const folder = values.data ?? join(environment.XDG_DATA_HOME ?? join(homedir(), '.local/share'), 'hookline-hub');
    const place: DatabasePlace = url === undefined ? { kind: 'folder', path: folder } : { kind: 'postgres', url };
    const wish = values.help ? { kind: 'help' as const } : readWish(positionals[0] ?? 'serve', values);
    const recordings =
      values.recordings === undefined ? placeBeside(place) : readRecordingPlace(values.recordings, environment);
    if (recordings !== null && 'error' in recordings) return recordings;
    const recordingKeyFile = environment.HOOKLINE_HUB_RECORDING_KEY ?? null;
    return 'error' in wish ? wish : { place, recordings, recordingKeyFile, isJson: values.json, wish };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

function readWish(word: string, values: Values): HubWish | { readonly error: string } {
  switch (word) {
    case 'serve': {
      const port = wholeNumber(values.port, 0, 65_535);
      if (port === null) return { error: '--port is a number from 0 to 65535' };
      const { host, verbose } = values;
      return { kind: 'serve', host, port, isBehindProxy: values['behind-proxy'], isVerbose: verbose };
    }
    case 'enrol-code': {
      const minutes = wholeNumber(values.minutes, 1, 10_080);
      if (minutes === null) return { error: '--minutes is a number from 1 to 10080 (a week)' };
      const address = hubAddress.safeParse(values.address);
      if (!address.success) return { error: '--address is https://… (or http:// and this machine itself)' };
      const { label, renews = null, file = null, certificate: certificates = [] } = values;
      return { kind: 'enrol-code', label, minutes, renews, file, certificates, address: address.data };
    }
    case 'make-key': {
      const role = hubRole.exclude(['seat']).safeParse(values.role);
      if (!role.success || values.name === undefined || values.name.trim() === '')
        return {
          error: 'make-key wants --name NAME and --role agent|attendant|supervisor|quality|administrator|auditor',
        };
      return { kind: 'make-key', name: values.name.trim().slice(0, 120), role: role.data };
    }
    case 'make-person':
      return readPersonWish(values);
    case 'audit-verify': {
      if (values.anchor === undefined) return { kind: 'audit-verify', anchor: null };
      const [, position, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(values.anchor) ?? [];
      if (position === undefined || hash === undefined) return { error: '--anchor wants POSITION:HASH' };
      return { kind: 'audit-verify', anchor: { position: Number(position), hash } };
    }
    case 'audit-accept': {
      const reason = values.reason?.trim().slice(0, 400) ?? '';
      return reason === '' ? { error: 'audit-accept wants --reason TEXT' } : { kind: 'audit-accept', reason };
    }
    case 'rotate-recording-key':
      return { kind: 'rotate-recording-key' };
    default:
      return { error: `no word of ours: ${word}` };
  }
}

function readPersonWish(values: Values): HubWish | { readonly error: string } {
  const login = loginName.safeParse(values.login);
  const role = personRole.safeParse(values.role);
  const name = values.name?.trim().slice(0, 120) ?? '';
  if (!login.success || !role.success || name === '')
    return {
      error:
        'make-person wants --login NAME (letters, digits, . _ -), --name NAME and --role agent|attendant|supervisor|quality|administrator|auditor',
    };
  return { kind: 'make-person', login: login.data, name, role: role.data, isPinRead: values['pin-stdin'] };
}

function wholeNumber(text: string, min: number, max: number): number | null {
  const value = Number(text);
  return /^\d{1,6}$/.test(text) && value >= min && value <= max ? value : null;
}
