import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { peerUser, userIn } from '../../../main/loopback/peer-user.ts';
import { host, hostForEachTest, refused } from './host-under-test.ts';

const ends = { localAddress: '127.0.0.1', localPort: 40_000, remoteAddress: '127.0.0.1', remotePort: 50_000 };
const row = (local: string, remote: string, uid: number): string =>
  `   1: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  ${uid}        0 12345 1 0000000000000000 20 4 30 10 -1`;
const title = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';

describe('userIn', () => {
  test('takes the row of the peer, not of our own end nor of a neighbour', () => {
    const table = [
      title,
      row('0100007F:9C40', '0100007F:C350', 1),
      row('0100007F:C351', '0100007F:9C40', 2),
      row('0100007F:C350', '0100007F:9C41', 3),
      row('0100007F:C350', '0100007F:9C40', 1000),
    ].join('\n');
    expect([userIn(table, ends, 1000), userIn(table, ends, 1001)]).toEqual(['same', 'other']);
  });

  test('knows IPv6, and says unknown for whatever it cannot tell', () => {
    const six = { ...ends, localAddress: '::1', remoteAddress: '::1' };
    const word = '00000000000000000000000001000000';
    const table = `${title}\n${row(`${word}:C350`, `${word}:9C40`, 7)}\n`;
    expect(userIn(table, six, 7)).toBe('same');
    expect(userIn(table, ends, 7)).toBe('unknown');
    expect(userIn(table, { ...ends, remoteAddress: '10.0.0.1' }, 7)).toBe('unknown');
    expect(userIn('', { ...ends, remotePort: undefined }, 7)).toBe('unknown');
    expect(userIn('constructor\n\n:::', { ...ends, remoteAddress: 'constructor' }, 7)).toBe('unknown');
  });
});

test('a system without users says unknown', async () => {
  expect(await peerUser(ends, undefined)).toBe('unknown');
});

// Only root can become somebody else.
describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('another user with the right token', () => {
  hostForEachTest();

  /** What another user's program gets: it knows the address, the headers and the token. */
  async function statusFor(uid: number, token: string): Promise<string> {
    const script = `const http = require('node:http');
      const request = http.request({ host: '127.0.0.1', port: ${host.port}, path: '/session', method: 'POST',
        headers: { Origin: 'http://127.0.0.1:${host.port}', 'X-Console': '1' } }, (answer) => {
          process.stdout.write(String(answer.statusCode)); answer.resume(); });
      request.on('error', (error) => process.stdout.write(error.code));
      request.end('${token}');`;
    const child = spawn(process.execPath, ['-e', script], { uid, stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    await once(child, 'close');
    return output;
  }

  test('is refused, and the token stays good for its owner', async () => {
    const token = new URL(host.url).hash.slice(1);
    expect(await statusFor(65_534, token)).toBe('403');
    expect(refused).toEqual(['another user of this machine knows the address']);
    expect(await statusFor(0, token)).toBe('204');
  });
});
