import { OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { hubApi } from '../../core/hub-api.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { type Allowed, contractPlaces, roleTable } from '../role-table.ts';

/** The OpenAPI 3.1 description of the contract, with who may use each route. */
export async function openApiDocument() {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const document = await generator.generate(hubApi, {
    info: {
      title: 'Hookline hub',
      version: packageFile.version,
      description: "The site's server: journals of the seats, shared records, keys, audit.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key of this hub.' } } },
  });
  for (const { name, method, path } of contractPlaces()) {
    const operation = document.paths?.[path]?.[methodKey(method)];
    if (operation === undefined) throw new Error(`${name} is not in the OpenAPI document`);
    const allowed: Allowed = roleTable[name];
    operation.security = allowed === 'anyone' ? [] : [{ key: [] }];
    operation.description = allowed === 'anyone' ? 'For anyone.' : `For the roles ${allowed.join(', ')}.`;
  }
  return document;
}

function methodKey(method: string) {
  switch (method) {
    case 'GET':
      return 'get';
    case 'POST':
      return 'post';
    case 'PUT':
      return 'put';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return 'delete';
    default:
      throw new Error(`no method of ours: ${method}`);
  }
}
