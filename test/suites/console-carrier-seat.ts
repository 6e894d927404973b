import { ORPCError } from '@orpc/client';
import { implement } from '@orpc/server';
import { consoleApi, type PhoneCommand, type PhoneReport, type PhoneSetup } from '../../core/console-api.ts';
import { settings } from '../../core/settings.ts';
import { Feed, Signal } from '../../main/carriers/feed.ts';
import { type ConsoleContext, type ConsoleRouter, serveConsole } from '../../main/carriers/serve-console.ts';

/** A setup that can be told from others by its display name. */
export const setupValue = (displayName: string): PhoneSetup => ({
  account: {
    kind: 'sip',
    server: 'wss://switch.example/ws',
    otherServers: [],
    user: '6001',
    domain: 'switch.example',
    displayName,
  },
  password: 'secret',
  sound: settings.parse({}).sound,
  recording: 'every-call',
  isMicrophoneWarm: true,
  modemCalls: { ringing: 0, isUp: false },
  language: 'en',
});

/** A seat process as small as it gets: real feeds and signals, everything asked is kept. */
export function smallSeat() {
  const setup = new Feed(setupValue('first'));
  const commands = new Signal<PhoneCommand>();
  const reports: PhoneReport[] = [];
  const problems: string[] = [];
  const reported = new Signal<number>();
  const hangs = { abortedCount: 0 };
  const api = implement(consoleApi).$context<ConsoleContext>();
  const router: ConsoleRouter = api.router({
    phone: {
      setup: api.phone.setup.handler(({ signal }) => setup.watch(signal)),
      // On purpose without the signal: the server itself has to end what a handler forgot.
      commands: api.phone.commands.handler(() => commands.watch()),
      report: api.phone.report.handler(({ input }) => {
        reports.push(input);
        reported.send(reports.length);
      }),
    },
    recordings: {
      begin: api.recordings.begin.handler(() => {
        throw new Error('the disk /home/agent/secret-place is gone');
      }),
      append: api.recordings.append.handler(() => ({ kind: 'kept' })),
      gap: api.recordings.gap.handler(({ signal }) => {
        return new Promise((_, reject) => {
          signal?.addEventListener('abort', () => {
            hangs.abortedCount += 1;
            reject(new Error('aborted'));
          });
        });
      }),
      end: api.recordings.end.handler(() => undefined),
      open: api.recordings.open.handler(() => {
        throw new ORPCError('NOT_FOUND', { message: 'no such recording' });
      }),
      read: api.recordings.read.handler(({ input }) => ({
        webmBase64: Buffer.alloc(input.length, input.offset).toString('base64'),
      })),
    },
    desk: {
      view: api.desk.view.handler(() => {
        throw new Error('not in this seat');
      }),
      notices: api.desk.notices.handler(({ signal }) => new Signal<never>().watch(signal)),
      ask: api.desk.ask.handler(() => undefined),
      pressKey: api.desk.pressKey.handler(() => undefined),
      calls: api.desk.calls.handler(() => ({ rows: [], total: 7 })),
      saveSettings: api.desk.saveSettings.handler(() => ({ kind: 'saved' })),
      openSeatFile: api.desk.openSeatFile.handler(() => ({ kind: 'saved' })),
    },
    equipment: {
      keyMoments: api.equipment.keyMoments.handler(({ signal }) => new Signal<never>().watch(signal)),
      pressPanelKey: api.equipment.pressPanelKey.handler(() => undefined),
      bindings: api.equipment.bindings.handler(() => ({ panels: {} })),
      saveBindings: api.equipment.saveBindings.handler(() => ({ kind: 'done' })),
      tryLamp: api.equipment.tryLamp.handler(() => undefined),
      ports: api.equipment.ports.handler(() => []),
      profiles: api.equipment.profiles.handler(() => []),
      layouts: api.equipment.layouts.handler(() => []),
      installRules: api.equipment.installRules.handler(() => ({ kind: 'done' })),
      setMessageWaiting: api.equipment.setMessageWaiting.handler(() => ({ kind: 'begun' })),
      unlockModem: api.equipment.unlockModem.handler(() => ({ kind: 'begun' })),
      sendText: api.equipment.sendText.handler(() => ({ kind: 'begun' })),
      texts: api.equipment.texts.handler(() => ({ rows: [], total: 0 })),
      switchRecords: api.equipment.switchRecords.handler(() => ({ rows: [], total: 0, unread: 0 })),
    },
    hub: {
      enrol: api.hub.enrol.handler(() => ({ kind: 'enrolled', address: '' })),
      leave: api.hub.leave.handler(() => undefined),
      tryNow: api.hub.tryNow.handler(() => undefined),
      setAside: api.hub.setAside.handler(() => []),
      pauseUploads: api.hub.pauseUploads.handler(() => undefined),
      recordingPlaces: api.hub.recordingPlaces.handler(() => []),
      retryUpload: api.hub.retryUpload.handler(() => undefined),
      records: api.hub.records.handler(() => ({ rows: [], total: 0 })),
      record: api.hub.record.handler(() => null),
      editRecord: api.hub.editRecord.handler(({ input: { fields, ...place } }) => ({
        ...place,
        fields: fields ?? {},
        isDeleted: fields === null,
        version: 1,
        isUnsent: true,
      })),
    },
    signIn: { enter: api.signIn.enter.handler(() => ({ kind: 'signed-in' })) },
  });
  const server = serveConsole(router, { onProblem: (doing) => problems.push(doing) });
  return { setup, commands, reports, reported, problems, hangs, server };
}
