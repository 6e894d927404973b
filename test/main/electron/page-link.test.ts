import { expect, test } from 'vitest';
import { answerPortRequest } from '../../../main/electron/page-link.ts';

const mainFrame = { url: 'app://console/desk/index.html' };

function ask(change: { senderFrame?: { url: string } | null; page?: 'phone' | 'desk' | null; hasSeat?: boolean } = {}) {
  const said: unknown[] = [];
  const port = (name: string) => ({ name, close: () => said.push(`close ${name}`) });
  const sender = {
    mainFrame,
    postMessage: (channel: string, message: unknown, ports: readonly { name: string }[]) =>
      said.push([channel, message, ports.map(({ name }) => name)]),
  };
  answerPortRequest(
    { sender, senderFrame: change.senderFrame === undefined ? mainFrame : change.senderFrame },
    {
      pageOf: () => (change.page === undefined ? 'desk' : change.page),
      makeChannel: () => ({ port1: port('seat end'), port2: port('page end') }),
      giveToSeat: (page, { name }) => {
        if (change.hasSeat !== false) said.push(`${page} gets ${name}`);
        return change.hasSeat !== false;
      },
      onRefused: (why) => said.push(`refused: ${why}`),
    },
  );
  return said;
}

test('a page of ours gets one end, the seat process the other', () => {
  expect(ask()).toEqual(['desk gets seat end', ['hookline:port', null, ['page end']]]);
  expect(ask({ page: 'phone' })[0]).toBe('phone gets seat end');
});

test.each([
  [{ senderFrame: null }, 'sender'],
  [{ senderFrame: { url: 'app://console/desk/index.html' } }, 'sender'],
  [{ senderFrame: { url: 'https://evil.test/' } }, 'sender'],
  [{ page: null }, 'window'],
])('%j gets nothing', (change, why) => {
  expect(ask(change)).toEqual([`refused: ${why}`]);
});

test('while there is no seat process nothing is left open; the page asks again', () => {
  expect(ask({ hasSeat: false })).toEqual(['close seat end', 'close page end']);
});
