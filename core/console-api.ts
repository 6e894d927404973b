import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { agent, agentChoice } from './agent.ts';
import { call, callEvent, remoteParty } from './call.ts';
import { callLine } from './call-line.ts';
import { callRow } from './call-list.ts';
import { deviceInfo } from './device-api.ts';
import { equipmentApi, modemView, panelView } from './equipment-api.ts';
import { deskMessage } from './equipment-event.ts';
import { hidCollections } from './hid-collections.ts';
import { hubConsoleApi } from './hub-console-api.ts';
import { hubView, uploadsView } from './hub-view.ts';
import { keyPress, lamps } from './key.ts';
import { notice } from './notice.ts';
import { qualityReport } from './quality-report.ts';
import { recordingInfo } from './recording-info.ts';
import { account, settings } from './settings.ts';
import { signInApi, signInView } from './sign-in-api.ts';

/**
 * Contract pages <-> seat process. Requests are checked by zod at the border. Feeds give the present value first, then
 * each change. Signals (`phone.commands`, `desk.notices`) are moments: never replayed to a late watcher.
 */

/* ---------- the phone page ---------- */

/** What the seat tells the phone page to do, once, now. */
export const phoneCommand = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), callId: z.string() }),
  /** `busy` is SIP 486, `elsewhere` is SIP 480, so that a queue offers the call to somebody else. */
  z.object({ kind: z.literal('decline'), callId: z.string(), how: z.enum(['busy', 'elsewhere']) }),
  z.object({ kind: z.literal('hang-up'), callId: z.string() }),
  z.object({ kind: z.literal('hold'), callId: z.string() }),
  z.object({ kind: z.literal('resume'), callId: z.string() }),
  z.object({ kind: z.literal('mute'), callId: z.string(), isMuted: z.boolean() }),
  z.object({ kind: z.literal('digits'), callId: z.string(), digits: z.string().regex(/^[0-9*#A-D]{1,32}$/) }),
  z.object({ kind: z.literal('dial'), callId: z.string(), number: z.string().max(128) }),
  /** Sends the caller to another number and ends our part (REFER, RFC 3515), as for a parking place. */
  z.object({ kind: z.literal('transfer'), callId: z.string(), number: z.string().max(128) }),
  z.object({ kind: z.literal('pause-recording'), callId: z.string(), reason: z.string().max(200) }),
  z.object({ kind: z.literal('resume-recording'), callId: z.string() }),
  /** Practice line only: a practice customer rings. `scriptId` null picks the next one. */
  z.object({ kind: z.literal('call-me'), scriptId: z.string().nullable() }),
  /** Calls the echo of the line for some seconds and reports a score. */
  z.object({ kind: z.literal('test-line') }),
]);
export type PhoneCommand = z.infer<typeof phoneCommand>;

/** What the phone page needs to know to be a phone. The feed changes when somebody saves other settings. */
export const phoneSetup = z.object({
  account,
  /** Empty on the practice line. */
  password: z.string(),
  sound: settings.shape.sound,
  recording: settings.shape.recording,
  /** Whether the microphone should be kept open, track disabled, so that an answer is instant. */
  isMicrophoneWarm: z.boolean(),
  /** Calls by modem, which this page does not hold: it rings for them, and softly for others while one is up. */
  modemCalls: z.object({ ringing: z.int(), isUp: z.boolean() }),
  /** Which language practice customers speak. */
  language: z.enum(['zh-CN', 'en']),
});
export type PhoneSetup = z.infer<typeof phoneSetup>;

/** A microphone or a loudspeaker as the browser lists it; the id is the browser's own. */
export const soundDevice = z.object({ deviceId: z.string().max(200), label: z.string().max(200) });

/** One fact from the phone page. `at` is wall-clock milliseconds. */
export const phoneReport = z.discriminatedUnion('kind', [
  /** The page has (re)started: whatever calls the seat believes in are gone. */
  z.object({ kind: z.literal('started'), at: z.number() }),
  z.object({
    kind: z.literal('signalling'),
    at: z.number(),
    state: z.enum(['practice', 'connecting', 'registered', 'refused', 'offline']),
    /** For a technician: SIP status and reason, or the socket's error. */
    detail: z.string().max(300),
  }),
  z.object({
    kind: z.literal('media'),
    at: z.number(),
    state: z.enum(['off', 'ready', 'no-microphone', 'refused', 'fell-back', 'silent']),
    detail: z.string().max(300),
  }),
  z.object({
    kind: z.literal('sound-devices'),
    inputs: z.array(soundDevice).max(64),
    outputs: z.array(soundDevice).max(64),
  }),
  z.object({
    kind: z.literal('call-offered'),
    at: z.number(),
    callId: z.string().min(1).max(64),
    remote: remoteParty,
    line: callLine,
    sipCallId: z.string().max(256),
  }),
  z.object({ kind: z.literal('call'), callId: z.string(), event: callEvent }),
  /**
   * A call that is up while the page connects (again), told after everything that waited. A seat process that knows it
   * learns nothing; one that was started anew takes it over.
   */
  z.object({ kind: z.literal('call-standing'), at: z.number(), line: callLine, call }),
  z.object({ kind: z.literal('digits-sent'), callId: z.string(), at: z.number(), count: z.number().int().positive() }),
  z.object({ kind: z.literal('quality'), callId: z.string(), at: z.number(), report: qualityReport }),
  /** The recording of a call has really begun, been paused (buffered sound dropped), gone on, or stopped. */
  z.object({
    kind: z.literal('recording'),
    callId: z.string(),
    at: z.number(),
    state: z.enum(['recording', 'paused', 'stopped']),
  }),
  /** A command could not be done; the call itself goes on. */
  z.object({ kind: z.literal('refused'), at: z.number(), command: phoneCommand, why: z.string().max(300) }),
  z.object({
    kind: z.literal('line-test'),
    at: z.number(),
    result: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('running') }),
      z.object({ kind: z.literal('done'), report: qualityReport, wasEchoHeard: z.boolean() }),
      z.object({ kind: z.literal('failed'), why: z.string().max(300) }),
    ]),
  }),
  /** The switch has taken the caller over; the end of our part is told after it. */
  z.object({ kind: z.literal('transferred'), callId: z.string(), at: z.number(), number: z.string().max(128) }),
  /** What WebHID may see, where the system gives no report descriptors. */
  z.object({ kind: z.literal('hid-collections'), collections: hidCollections }),
  /** Frames from the switch that were thrown away: over 64 KB, or such that the SIP parser failed on them. */
  z.object({ kind: z.literal('bad-frames'), at: z.number(), oversize: z.number().int(), unreadable: z.number().int() }),
]);
export type PhoneReport = z.infer<typeof phoneReport>;

const phone = {
  setup: oc.output(eventIterator(phoneSetup)),
  commands: oc.output(eventIterator(phoneCommand)),
  report: oc.input(phoneReport).output(z.void()),
};

/* ---------- recordings ---------- */

/** How a piece of recording is written: answered only when it is encrypted and synced to disk. */
const appendOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('kept') }),
  /** The disk is full: the log has priority over sound, so recording stops here; the call goes on. */
  z.object({ kind: z.literal('disk-full') }),
]);

/** How much of a recording one `read` may give, in bytes. */
export const recordingReadBytesMax = 512 * 1024;

const recordings = {
  begin: oc.input(z.object({ callId: z.string() })).output(z.object({ recordingId: z.string() })),
  /**
   * One chunk of sound, about a second. A segment is one WebM stream (a pause begins the next segment);
   * `atMs` and `durationMs` are milliseconds on the recording's own clock.
   */
  append: oc
    .input(
      z.object({
        recordingId: z.string(),
        segment: z.number().int().nonnegative(),
        atMs: z.number().nonnegative(),
        durationMs: z.number().nonnegative(),
        /** WebM bytes, base64, 256 KB at most. */
        soundBase64: z.base64().max(350_000),
      }),
    )
    .output(appendOutcome),
  /** A stretch without sound, on purpose: from the pause to the resume. */
  gap: oc
    .input(
      z.object({
        recordingId: z.string(),
        atMs: z.number().nonnegative(),
        durationMs: z.number().nonnegative(),
        reason: z.string().max(200),
      }),
    )
    .output(appendOutcome),
  end: oc.input(z.object({ recordingId: z.string() })).output(z.void()),
  open: oc.input(z.object({ recordingId: z.string() })).output(recordingInfo),
  read: oc
    .input(
      z.object({
        recordingId: z.string(),
        offset: z.number().int().nonnegative(),
        length: z.number().int().positive().max(recordingReadBytesMax),
      }),
    )
    .output(z.object({ webmBase64: z.string() })),
};

/* ---------- the desk page ---------- */

/** One of the three lights. `code` picks the sentence (renderer/words), `detail` is for a technician. */
export const light = z.object({
  state: z.enum(['good', 'weak', 'down', 'off']),
  code: z.string().max(40),
  sinceAt: z.number(),
  detail: z.string().max(300),
});
export type Light = z.infer<typeof light>;

/** What a person has written about a call and not saved yet, so that a reload of the desk loses none of it. */
const callDraft = z.object({ note: z.string().max(4000), chosen: z.string().max(32).nullable() });
export type CallDraft = z.infer<typeof callDraft>;

/** Everything the desk shows, in one value. Small enough to send whole on every change. */
export const seatView = z.object({
  seat: z.string(),
  version: z.string(),
  line: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('practice') }),
    z.object({ kind: z.literal('sip'), address: z.string(), displayName: z.string() }),
  ]),
  agent,
  /** Live calls, oldest first. */
  calls: z.array(call),
  /** The call whose after-call work is open. */
  afterCall: callRow.nullable(),
  /** The latest sample for each live call that has media. */
  quality: z.record(z.string(), qualityReport),
  /** The recording of each live call: running, paused by somebody, or stopped because the disk is full. */
  recording: z.record(z.string(), z.enum(['recording', 'paused', 'stopped'])),
  lamps,
  devices: z.array(deviceInfo),
  lights: z.object({ signalling: light, media: light, data: light }),
  soundDevices: z.object({ inputs: z.array(soundDevice), outputs: z.array(soundDevice) }),
  settings,
  /** Whether a SIP password is stored; the password itself never reaches the desk. */
  hasPassword: z.boolean(),
  lineTest: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('idle') }),
    z.object({ kind: z.literal('running') }),
    z.object({ kind: z.literal('done'), report: qualityReport, wasEchoHeard: z.boolean() }),
    z.object({ kind: z.literal('failed'), why: z.string() }),
  ]),
  today: z.object({ calls: z.number().int(), talkMs: z.number(), readyMs: z.number(), signedInMs: z.number() }),
  lastDialled: z.string(),
  /** By callId. Kept in memory by the seat process until the call is coded. */
  drafts: z.record(z.string(), callDraft),
  /** By callId: how a message desk link (SMDI) announced the call. */
  arrivals: z.record(z.string(), deskMessage),
  /** Live calls that are on the modem. */
  modemCalls: z.array(z.string()),
  panels: z.array(panelView),
  modems: z.array(modemView),
  /** Stations whose message lamp we have lit and nobody refused. */
  messageWaiting: z.array(z.string()),
  /** Counts up whenever lines of these lists were written: they have no limit, so they are read by page, not in the feed. */
  linesWritten: z.object({ texts: z.int(), switchLog: z.int() }),
  hub: hubView,
  uploads: uploadsView,
  signIn: signInView,
});
export type SeatView = z.infer<typeof seatView>;

/** What a person asks for on the screen. A wish: the view changes when it has happened, not before. */
export const deskRequest = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), callId: z.string() }),
  z.object({ kind: z.literal('decline'), callId: z.string(), how: z.enum(['busy', 'elsewhere']) }),
  z.object({ kind: z.literal('hang-up'), callId: z.string() }),
  z.object({ kind: z.literal('hold'), callId: z.string() }),
  z.object({ kind: z.literal('resume'), callId: z.string() }),
  /** Holds the call that is up and takes the other one: the waiting one is answered, a held one resumed. */
  z.object({ kind: z.literal('swap') }),
  z.object({ kind: z.literal('mute'), isMuted: z.boolean() }),
  z.object({ kind: z.literal('digits'), digits: z.string().regex(/^[0-9*#A-D]{1,32}$/) }),
  z.object({ kind: z.literal('dial'), number: z.string().min(1).max(128) }),
  /** Sends the call that talks to a parking place; without one, dials the place and takes the parked call back. */
  z.object({ kind: z.literal('park'), number: z.string().min(1).max(64) }),
  z.object({ kind: z.literal('pause-recording'), callId: z.string(), reason: z.string().max(200) }),
  z.object({ kind: z.literal('resume-recording'), callId: z.string() }),
  z.object({ kind: z.literal('choose'), choice: agentChoice }),
  /** Codes the call and ends its after-call work. */
  z.object({ kind: z.literal('code'), callId: z.string(), code: z.string().max(32), note: z.string().max(4000) }),
  /** What is written so far; sent while somebody types, not for each key. */
  z.object({ kind: z.literal('draft'), callId: z.string().max(64), draft: callDraft }),
  z.object({ kind: z.literal('call-me'), scriptId: z.string().nullable() }),
  z.object({ kind: z.literal('test-line') }),
  z.object({ kind: z.literal('volume'), change: z.enum(['up', 'down']) }),
]);
export type DeskRequest = z.infer<typeof deskRequest>;

/** How many rows one page of the call list holds at most. */
export const callPageMax = 200;

/** What saving settings or opening a seat file may answer. */
const saveOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('saved') }),
  z.object({ kind: z.literal('refused'), why: z.string() }),
]);

const desk = {
  view: oc.output(eventIterator(seatView)),
  notices: oc.output(eventIterator(notice)),
  ask: oc.input(deskRequest).output(z.void()),
  /** A key of the simulated headset, as the on-screen headset of the practice line presses it. */
  pressKey: oc.input(keyPress).output(z.void()),
  /** Newest first. `search` finds in number, name, note and work code. `before` is the callId of the last row seen. */
  calls: oc
    .input(
      z.object({
        search: z.string().max(100),
        before: z.string().nullable(),
        limit: z.number().int().positive().max(callPageMax),
      }),
    )
    .output(z.object({ rows: z.array(callRow), total: z.number().int() })),
  saveSettings: oc.input(settings.extend({ password: z.string().max(256).nullable() })).output(saveOutcome),
  /** The text of a seat file; its account replaces the present one. */
  openSeatFile: oc.input(z.object({ text: z.string().max(20_000) })).output(saveOutcome),
};

/** The whole contract: one router, five rooms. */
export const consoleApi = { phone, recordings, desk, equipment: equipmentApi, hub: hubConsoleApi, signIn: signInApi };
