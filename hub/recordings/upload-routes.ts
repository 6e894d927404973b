import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { UploadIntake } from './upload-intake.ts';

export interface UploadRoutes {
  /** Null: this hub has no place for recordings, and says so. */
  readonly intake: UploadIntake | null;
  /** Where uploads are; the same as the intake's. */
  readonly path: string;
  /** Whose request this is, once the door let it in. */
  readonly ownerOf: (request: FastifyRequest) => string | null;
  /** What the door looks up for a route; a preflight carries no key and is a route of its own. */
  readonly config: { readonly upload: FastifyContextConfig; readonly preflight: FastifyContextConfig };
}

/**
 * Mounts an intake. Bodies go past Fastify's parsers and limits, straight to the store. A client on a thin line needs
 * long for a body, so the server's `requestTimeout` must be 0 or some minutes; the intake keeps what a cut body brought.
 */
export async function mountUploads(fastify: FastifyInstance, routes: UploadRoutes): Promise<void> {
  await fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    const serve = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const { intake } = routes;
      if (intake === null) return reply.code(503).send({ message: 'This hub has no place for recordings.' });
      const owner = request.method === 'OPTIONS' ? '' : routes.ownerOf(request);
      if (owner === null) return reply.code(403).send({ message: 'This key is not a seat.' });
      reply.hijack();
      reply.raw.setHeader('x-content-type-options', 'nosniff');
      await intake.handle(request.raw, reply.raw, owner);
      return reply;
    };
    for (const url of [routes.path, `${routes.path}/*`]) {
      scope.route({ method: ['POST', 'HEAD', 'PATCH', 'DELETE'], url, config: routes.config.upload, handler: serve });
      scope.route({ method: 'OPTIONS', url, config: routes.config.preflight, handler: serve });
    }
  });
}
