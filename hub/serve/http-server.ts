import { OpenAPIHandler } from '@orpc/openapi/fastify';
import { ORPCError } from '@orpc/server';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { uploadPath } from '../../core/recording-upload.ts';
import type { HubParts } from '../hub-parts.ts';
import type { HubRecordings } from '../hub-recordings.ts';
import { pushQueue } from '../journal/push-queue.ts';
import { mountSound } from '../listening/sound-route.ts';
import type { UploadIntake } from '../recordings/upload-intake.ts';
import { mountUploads } from '../recordings/upload-routes.ts';
import { type WaitTimers, waitingRoom } from '../records/waiting-room.ts';
import { type ContractPlace, contractPlaces, type RouteName } from '../role-table.ts';
import { hubDoor, refusal } from './door.ts';
import type { HubContext } from './hub-context.ts';
import type { HubLog } from './log.ts';
import { sourceNames } from './log.ts';
import type { HubMetrics } from './metrics.ts';
import { openApiDocument } from './open-api.ts';
import { hubRouter } from './router.ts';

/** Bytes of a body: a push of 500 usual entries is 200 KB; everything else is small. */
const pushBytesMax = 4 * 1024 * 1024;
const bodyBytesMax = 256 * 1024;

/** How long a client may take to say what it wants, in milliseconds: a feed is waited for after that. */
const requestTimeoutMs = 30_000;
const connectionTimeoutMs = 60_000;
/** Connections of one hub: a site of 200 seats has two or three each. */
const connectionsMax = 4_000;

export interface HttpServerOptions {
  readonly log: HubLog;
  readonly metrics: HubMetrics;
  /** Whether a balancer before the hub says whom it speaks for (X-Forwarded-For). */
  readonly isBehindProxy: boolean;
  /** Where recordings come in; null when the hub has no place for them. */
  readonly uploads: UploadIntake | null;
  /** What there is of recordings, and how they are heard and erased. */
  readonly recordings: HubRecordings;
  /** How time passes for those who wait; the machine's own when none is given. */
  readonly timers?: WaitTimers;
}

/** The hub on HTTP. `beginStop` is called before `close`: readiness goes, and whoever waits for a feed is answered. */
export interface HttpServer {
  readonly fastify: FastifyInstance;
  readonly beginStop: () => void;
}

export async function httpServer(parts: HubParts, options: HttpServerOptions): Promise<HttpServer> {
  const { log, metrics, isBehindProxy } = options;
  const stopping = new AbortController();
  const room = waitingRoom(options.timers);
  const fastify = Fastify({
    logger: false,
    trustProxy: isBehindProxy,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 128 },
  });
  fastify.server.maxConnections = connectionsMax;
  fastify.decorateRequest('caller', null);
  const door = hubDoor(parts.database, metrics, parts.now);
  fastify.addHook('onRequest', door.check);
  watchAnswers(fastify, log, metrics);
  answerErrors(fastify, log);

  const handler = new OpenAPIHandler<HubContext>(hubRouter(parts, pushQueue(parts), room, options.recordings), {
    clientInterceptors: [
      async ({ next, path }) => {
        try {
          return await next();
        } catch (cause) {
          if (cause instanceof ORPCError) throw cause;
          log.error({ err: cause, route: path.join('.') }, 'a request failed');
          throw new ORPCError('UNAVAILABLE', {
            status: 503,
            message: 'The hub cannot do this now. Try again.',
            cause,
          });
        }
      },
    ],
  });
  const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const context: HubContext = {
      caller: request.caller,
      signal: AbortSignal.any([gone.signal, stopping.signal]),
      onBadCode: () => door.badCode(request.ip),
      onEntries: metrics.entriesTaken,
    };
    const { matched } = await handler.handle(request, reply, { context });
    if (!matched) reply.callNotFound();
    return reply;
  };
  for (const place of contractPlaces()) addContractRoute(fastify, place, serve);
  await mountRecordings(fastify, parts, options, stopping.signal);
  await addPlainRoutes(fastify, parts, options, () => stopping.signal.aborted);
  return {
    fastify,
    beginStop: () => {
      stopping.abort();
      room.close();
    },
  };
}

/** Where recordings come in, and where they are heard: both past Fastify's bodies and the contract's JSON. */
async function mountRecordings(
  fastify: FastifyInstance,
  parts: HubParts,
  options: HttpServerOptions,
  stopping: AbortSignal,
): Promise<void> {
  await mountUploads(fastify, {
    intake: options.uploads,
    path: uploadPath,
    ownerOf: ({ caller }) => caller?.seat ?? null,
    config: { upload: { routeName: 'recordings.upload' }, preflight: { routeName: 'recordings.preflight' } },
  });
  mountSound(fastify, {
    parts,
    recordings: options.recordings.decrypted,
    listening: options.recordings.listening,
    config: { routeName: 'recordings.sound' },
    onFault: (cause) => options.log.error({ err: cause }, 'a recording could not be played'),
    stopping,
  });
}

function addContractRoute(
  fastify: FastifyInstance,
  { name, method, path }: ContractPlace,
  handler: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
): void {
  fastify.route({
    method,
    url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    config: { routeName: name },
    ...(name === 'journal.push' ? { bodyLimit: pushBytesMax } : {}),
    handler,
  });
}

async function addPlainRoutes(
  fastify: FastifyInstance,
  { database }: HubParts,
  { log, metrics }: HttpServerOptions,
  isStopping: () => boolean,
): Promise<void> {
  const add = (routeName: RouteName, url: string, handler: (reply: FastifyReply) => Promise<unknown>): void => {
    fastify.get(url, { config: { routeName } }, (_request, reply) => handler(reply));
  };
  const document = await openApiDocument();
  add('healthz', '/healthz', async () => ({ status: 'alive' }));
  add('readyz', '/readyz', async (reply) => {
    if (isStopping()) return reply.code(503).send({ status: 'stopping' });
    try {
      await database.tables.selectFrom('hub').select('id').executeTakeFirstOrThrow();
      return { status: 'ready' };
    } catch (cause) {
      log.warn({ err: cause }, 'the database does not answer');
      return reply.code(503).send({ status: 'no database' });
    }
  });
  add('metrics', '/metrics', async (reply) => reply.type(metrics.contentType).send(await metrics.text()));
  add('openapi', '/openapi.json', async () => document);
}

function watchAnswers(fastify: FastifyInstance, log: HubLog, metrics: HubMetrics): void {
  const nameOf = sourceNames();
  fastify.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    reply.header('cache-control', 'no-store');
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.config.routeName ?? 'none';
    const status = reply.statusCode;
    metrics.answered(route, status, reply.elapsedTime / 1000);
    const source = status === 401 || status === 429 ? { source: nameOf(request.ip) } : {};
    const line = { route, method: request.method, status, ms: Math.round(reply.elapsedTime), ...source };
    if (status >= 400) log.info({ ...line, keyId: request.caller?.keyId }, 'refused');
    else log.debug({ ...line, keyId: request.caller?.keyId }, 'answered');
  });
}

/** What fails before a handler has the request: bodies that are too large or no JSON, and mistakes of ours. */
function answerErrors(fastify: FastifyInstance, log: HubLog): void {
  fastify.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, route: request.routeOptions.config.routeName }, 'a request failed');
    const code = status === 413 ? 'TOO_LARGE' : status >= 500 ? 'UNAVAILABLE' : 'BAD_REQUEST';
    const message = status >= 500 ? 'The hub cannot do this now. Try again.' : 'This request cannot be read.';
    return reply.code(status >= 500 ? 503 : status).send(refusal(status >= 500 ? 503 : status, code, message));
  });
  fastify.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(refusal(404, 'NOT_FOUND', 'There is nothing here.')),
  );
}
