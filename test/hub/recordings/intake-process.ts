import Fastify from 'fastify';
import { DurableFileStore } from '../../../hub/recordings/durable-file-store.ts';
import { DurableS3Store } from '../../../hub/recordings/durable-s3-store.ts';
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
const store =
  place.kind === 'file'
    ? new DurableFileStore({ directory: place.directory, expirationMs, watch })
    : new DurableS3Store({ ...place, region: 'us-east-1', expirationMs, watch });
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
