import { implement, ORPCError } from '@orpc/server';
import { hubConsoleApi } from '../core/hub-console-api.ts';
import type { ConsoleContext } from './carriers/serve-console.ts';
import type { SeatHub } from './seat-hub.ts';
import type { SeatUploads } from './seat-uploads.ts';
import type { SeatSignIn } from './sign-in/seat-sign-in.ts';

/** The room `hub` of console-api, served by a running seat. */
export function hubRouter({
  hub,
  uploads,
  signIn,
}: {
  readonly hub: SeatHub;
  readonly uploads: SeatUploads;
  readonly signIn: Pick<SeatSignIn, 'isLocked'>;
}) {
  const room = implement(hubConsoleApi).$context<ConsoleContext>();
  const signedIn = <Answer>(work: () => Answer | Promise<Answer>): Promise<Answer> =>
    told(() => {
      if (signIn.isLocked()) throw new Error('Somebody has to sign in first.');
      return work();
    });
  return {
    // Without a hub, or at a hub without people, nobody has to sign in: neither leaving nor changing it may be the way in.
    enrol: room.enrol.handler(({ input }) => hub.enrol(input.text, signIn.isLocked() ? 'own' : 'any')),
    leave: room.leave.handler(() => signedIn(() => hub.leave())),
    tryNow: room.tryNow.handler(() => {
      hub.tryNow();
      uploads.networkBack();
    }),
    setAside: room.setAside.handler(() => [...hub.setAside()]),
    pauseUploads: room.pauseUploads.handler(({ input }) => uploads.setPaused(input.isPaused)),
    recordingPlaces: room.recordingPlaces.handler(({ input }) => uploads.places(input.recordingIds)),
    retryUpload: room.retryUpload.handler(({ input }) => uploads.retry(input.recordingId)),
    records: room.records.handler(({ input }) =>
      signedIn(() => {
        const { rows, total } = hub.records(input);
        return { rows: [...rows], total };
      }),
    ),
    record: room.record.handler(({ input }) => signedIn(() => hub.record(input.collection, input.recordId))),
    editRecord: room.editRecord.handler(({ input }) => signedIn(() => hub.editRecord(input))),
  };
}

/** The sentence of a refusal reaches the desk; of other errors it is only told that there was one. */
async function told<Answer>(work: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (cause) {
    throw new ORPCError('REFUSED', { status: 409, message: cause instanceof Error ? cause.message : String(cause) });
  }
}
