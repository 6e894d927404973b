import { Validator } from '@seriousme/openapi-schema-validator';
import { expect, test } from 'vitest';
import { type Allowed, contractPlaces, roleTable } from '../../hub/role-table.ts';
import { newFolder, startHub } from './some-hub.ts';

test('the OpenAPI document that is served is valid and describes every route, who may use it, and its refusals', async () => {
  const hub = await startHub(newFolder());
  const document = await (await fetch(`${hub.url}/openapi.json`)).json();
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  const described = Object.entries<Record<string, { operationId: string; summary: string; tags: string[] }>>(
    document.paths,
  ).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId, summary, tags }]) => {
      expect({ path, summary, tags }).toEqual({ path, summary: expect.stringMatching(/./), tags: [expect.anything()] });
      return { name: operationId, method: method.toUpperCase(), path };
    }),
  );
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  expect(described.toSorted(byName)).toEqual(contractPlaces().toSorted(byName));
  for (const { name, method, path } of contractPlaces()) {
    const operation = document.paths[path][method.toLowerCase()];
    const allowed: Allowed = roleTable[name];
    expect(operation.security).toEqual(allowed === 'anyone' ? [] : [{ key: [] }]);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['401', '403', '429', '503']));
    for (const word of path.matchAll(/\{(\w+)\}/g))
      expect(operation.parameters).toContainEqual(
        expect.objectContaining({ name: word[1], in: 'path', required: true }),
      );
  }
});

test('the validator refuses a document that is wrong', async () => {
  expect((await new Validator().validate({ openapi: '3.1.0', info: {}, paths: {} })).valid).toBe(false);
});
