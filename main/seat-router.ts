import { implement } from '@orpc/server';
import { type ParseError, parse } from 'jsonc-parser';
import { consoleApi } from '../core/console-api.ts';
import { accessOf } from '../core/seat-access.ts';
import { seatFile } from '../core/settings.ts';
import type { ConsoleContext, ConsoleRouter } from './carriers/serve-console.ts';
import { equipmentRouter } from './equipment-router.ts';
import { hubRouter } from './hub-router.ts';
import { heedLock } from './lock-table.ts';
import { shownNotice, shownView } from './locked-view.ts';
import type { SeatProcess } from './seat-process.ts';

/**
 * console-api served by a running seat. Who may ask what has been checked before it comes here; whether the seat is locked is
 * checked here, before zod looks at the input.
 */
export function seatRouter(seat: SeatProcess): ConsoleRouter {
  const access = () => accessOf(seat.view.value);
  const room = implement(consoleApi).$context<ConsoleContext>();
  const { phone, recordings, desk, signIn } = room;
  return room
    .use(({ path, next }) => heedLock(path, access, next))
    .router({
      phone: {
        setup: phone.setup.handler(({ signal }) => seat.setup.watch(signal)),
        commands: phone.commands.handler(({ signal }) => seat.commands.watch(signal)),
        report: phone.report.handler(({ input }) => seat.report(input)),
      },
      recordings: {
        begin: recordings.begin.handler(({ input }) => seat.recordings.begin(input.callId)),
        append: recordings.append.handler(({ input: { soundBase64, ...chunk } }) =>
          seat.recordings.append({ ...chunk, sound: Buffer.from(soundBase64, 'base64') }),
        ),
        gap: recordings.gap.handler(({ input }) => seat.recordings.gap(input)),
        end: recordings.end.handler(({ input }) => seat.recordings.end(input.recordingId)),
        open: recordings.open.handler(({ input }) => seat.recordings.open(input.recordingId)),
        read: recordings.read.handler(async ({ input }) => {
          const bytes = await seat.recordings.read(input.recordingId, input.offset, input.length);
          return { webmBase64: Buffer.from(bytes).toString('base64') };
        }),
      },
      desk: {
        view: desk.view.handler(async function* ({ signal }) {
          for await (const view of seat.view.watch(signal)) yield shownView(view);
        }),
        notices: desk.notices.handler(async function* ({ signal }) {
          const watch = seat.notices.watch(signal);
          for (const early of seat.notices.takeEarly()) yield shownNotice(early, access());
          for await (const notice of watch) yield shownNotice(notice, access());
        }),
        ask: desk.ask.handler(({ input }) => seat.ask(input)),
        pressKey: desk.pressKey.handler(({ input }) => seat.devices.pressSimulated(input)),
        calls: desk.calls.handler(({ input }) => seat.store.calls(input)),
        saveSettings: desk.saveSettings.handler(({ input: { password, ...next } }) =>
          saved(() => seat.saveSettings(next, password)),
        ),
        openSeatFile: desk.openSeatFile.handler(({ input }) => saved(() => openSeatFile(seat, input.text))),
      },
      equipment: equipmentRouter(seat),
      hub: hubRouter(seat),
      signIn: { enter: signIn.enter.handler(({ input }) => seat.signIn.enter(input)) },
    });
}

type Saved = { readonly kind: 'saved' } | { readonly kind: 'refused'; readonly why: string };

async function saved(save: () => Promise<void>): Promise<Saved> {
  try {
    await save();
    return { kind: 'saved' };
  } catch (error) {
    return { kind: 'refused', why: error instanceof Error ? error.message : String(error) };
  }
}

async function openSeatFile(seat: SeatProcess, text: string): Promise<void> {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const first = errors[0];
  if (first) throw new Error(`line ${text.slice(0, first.offset).split('\n').length}: this is not a seat file`);
  const checked = seatFile.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new Error(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a seat file'}`);
  }
  await seat.saveSettings({ ...seat.view.value.settings, account: checked.data.account }, checked.data.password);
}
