import { isContractProcedure } from '@orpc/contract';
import { expect, test } from 'vitest';
import type { ConsolePage } from '../../../core/carrier-frame.ts';
import { consoleApi } from '../../../core/console-api.ts';
import { mayAsk } from '../../../main/carriers/page-rights.ts';

function pathsOf(router: object, before: readonly string[] = []): string[][] {
  return Object.entries(router).flatMap(([name, inner]: [string, unknown]) => {
    const path = [...before, name];
    return isContractProcedure(inner) ? [path] : pathsOf(inner as object, path);
  });
}

const all = pathsOf(consoleApi);

test('each procedure of console-api belongs to exactly one page: a new one has to be given to one on purpose', () => {
  const pages: readonly ConsolePage[] = ['phone', 'desk'];
  const owners = Object.fromEntries(all.map((path) => [path.join('.'), pages.filter((page) => mayAsk(page, path))]));
  expect(Object.entries(owners).filter(([, found]) => found.length !== 1)).toEqual([]);
  expect(all.length).toBe(41);
});

test.each([
  [[]],
  [['phone']],
  [['desk', 'nothing']],
  [['constructor']],
  [['__proto__']],
  [['phone.setup']],
  [['desk', 'view', 'x']],
])('the path %j is nobody’s, but for one that only looks nested', (path) => {
  const isWrittenOut = path.join('.') === 'phone.setup';
  expect([mayAsk('phone', path), mayAsk('desk', path)]).toEqual([isWrittenOut, false]);
});
