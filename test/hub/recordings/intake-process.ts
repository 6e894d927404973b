import Fastify from 'fastify';
import type { StoreWatch } from '../../../hub/recordings/recording-store.ts';
import { uploadIntake } from '../../../hub/recordings/upload-intake.ts';
import { mountUploads } from '../../../hub/recordings/upload-routes.ts';
import type { IntakeChoice } from './intake-rig.ts';

/** A hub that does nothing but take recordings; the rig kills it. The owner is whatever the request says it is. */
const choice: IntakeChoice = JSON.parse(process.argv[2] ?? '');
let stepsLeft = Number.POSITIVE_INFINITY;
const watch: StoreWatch = () => {
  stepsLeft -= 1;
  if (stepsLeft === 0) process.kill(process.pid, 'SIGKILL');
};
process.on('message', ({ step }: { step: number }) => {
  stepsLeft = step;
  process.send?.('heard');
});
process.once('disconnect', () => process.exit());
const { place, expirationMs } = choice;
// What S3 needs is loaded only for S3: a rig of cuts starts this a thousand times.
const store = await openStore();
const path = '/recordings/uploads';
const intake = uploadIntake({
  path,
  store,
  sizeMax: 64 * 1024 * 1024,
  onFault: (cause) => process.stderr.write(`${cause instanceof Error ? cause.stack : String(cause)}\n`),
});
const fastify = Fastify({ routerOptions: { maxParamLength: 128 }, exposeHeadRoutes: false });
await mountUploads(fastify, {
  intake,
  path,
  ownerOf: ({ headers }) => (headers.authorization === undefined ? 'seat-1' : String(headers.authorization)),
  config: { upload: {}, preflight: {} },
});
await fastify.listen({ host: '127.0.0.1', port: choice.port });
process.stdout.write(`${fastify.server.address() === null ? '' : JSON.stringify(fastify.server.address())}\n`);

async function openStore() {
  if (place.kind === 'file') {
    const { DurableFileStore } = await import('../../../hub/recordings/durable-file-store.ts');
    return new DurableFileStore({ directory: place.directory, expirationMs, watch });
  }
  const { DurableS3Store } = await import('../../../hub/recordings/durable-s3-store.ts');
  return new DurableS3Store({ ...place, region: 'us-east-1', expirationMs, watch });
}
