import { implement, ORPCError } from '@orpc/server';
import { type ParseError, parse } from 'jsonc-parser';
import { consoleApi } from '../core/console-api.ts';
import { seatFile } from '../core/settings.ts';
import type { SeatProcess } from './seat-process.ts';

/** Which page is asking: the desk must not play phone, and the phone page has no business with settings. */
export type PageContext = { readonly page: 'phone' | 'desk' };

/** console-api served by a running seat. Every input has been checked by zod before it comes here. */
export function seatRouter(seat: SeatProcess) {
  const api = implement(consoleApi).$context<PageContext>();
  const only = (page: PageContext['page']) =>
    api.middleware(({ context, next }) => {
      if (context.page !== page) throw new ORPCError('FORBIDDEN', { message: `only the ${page} page may ask this` });
      return next();
    });
  const phone = only('phone');
  const desk = only('desk');
  const saved = async (save: () => Promise<void>) => {
    try {
      await save();
      return { kind: 'saved' as const };
    } catch (error) {
      return { kind: 'refused' as const, why: error instanceof Error ? error.message : String(error) };
    }
  };

  return api.router({
    phone: {
      setup: api.phone.setup.use(phone).handler(({ signal }) => seat.setup.watch(signal)),
      commands: api.phone.commands.use(phone).handler(({ signal }) => seat.commands.watch(signal)),
      report: api.phone.report.use(phone).handler(({ input }) => seat.report(input)),
    },
    recordings: {
      begin: api.recordings.begin.use(phone).handler(({ input }) => seat.recordings.begin(input.callId)),
      append: api.recordings.append
        .use(phone)
        .handler(({ input: { soundBase64, ...chunk } }) =>
          seat.recordings.append({ ...chunk, sound: Buffer.from(soundBase64, 'base64') }),
        ),
      gap: api.recordings.gap.use(phone).handler(({ input }) => seat.recordings.gap(input)),
      end: api.recordings.end.use(phone).handler(({ input }) => seat.recordings.end(input.recordingId)),
      open: api.recordings.open.use(desk).handler(({ input }) => seat.recordings.open(input.recordingId)),
      read: api.recordings.read.use(desk).handler(async ({ input }) => {
        const bytes = await seat.recordings.read(input.recordingId, input.offset, input.length);
        return { webmBase64: Buffer.from(bytes).toString('base64') };
      }),
    },
    desk: {
      view: api.desk.view.use(desk).handler(({ signal }) => seat.view.watch(signal)),
      notices: api.desk.notices.use(desk).handler(async function* ({ signal }) {
        const watch = seat.notices.watch(signal);
        yield* seat.takeEarlyNotices();
        yield* watch;
      }),
      ask: api.desk.ask.use(desk).handler(({ input }) => seat.ask(input)),
      pressKey: api.desk.pressKey.use(desk).handler(({ input }) => seat.press(input)),
      calls: api.desk.calls.use(desk).handler(({ input }) => seat.store.calls(input)),
      saveSettings: api.desk.saveSettings
        .use(desk)
        .handler(({ input: { password, ...next } }) => saved(() => seat.saveSettings(next, password))),
      openSeatFile: api.desk.openSeatFile.use(desk).handler(({ input }) => saved(() => openSeatFile(seat, input.text))),
    },
  });
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
