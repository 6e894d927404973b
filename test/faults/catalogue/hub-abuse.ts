import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Dice } from '../dice.ts';
import { type Fault, fault } from '../fault.ts';
import { expectHubWhole } from '../hub-oracle.ts';
import { drain, type HubScene, hubScene, pushOnce, residentMegabytes } from '../hub-scene.ts';

/** What a hub may ever hold in memory (facts/reliability.md, "hub abuse"). */
const megabytesMax = 500;

/** How long an abuser waits for a word; a hub that says nothing is as good as one that hangs up. */
const wordMsMax = 2_000;

/** A hub that is abused, and pushes of honest seats that failed meanwhile. */
type Abused = HubScene & { readonly abuserKey: string; failures: number };

/** Three honest seats, and one that is not. */
async function abused(): Promise<Abused> {
  const scene = await hubScene({ seats: 4, calls: 40 });
  const abuserKey = scene.seats[3]?.key ?? '';
  return { ...scene, seats: scene.seats.slice(0, 3), abuserKey, failures: 0 };
}

/** What a slow one says, a letter at a time. */
const slowRequest = 'GET /readyz HTTP/1.1\r\nx-a: yyyyyyy';

/** Does harm while honest seats push; each of their pushes must be answered. */
async function meanwhile(scene: Abused, dice: Dice, abuse: () => Promise<void>): Promise<void> {
  let isOver = false;
  const pushing = Promise.all(
    scene.seats.map(async (seat) => {
      while (!isOver) {
        if (!(await pushOnce(seat, scene.url, dice))) scene.failures += 1;
        await pause(20);
      }
    }),
  );
  const over = abuse().finally(() => {
    isOver = true;
  });
  await Promise.all([over, pushing]);
}

async function unharmed(scene: Abused): Promise<string> {
  const megabytes = residentMegabytes(scene.pid());
  if (megabytes > megabytesMax) throw new Error(`the hub took ${megabytes} MB`);
  if (scene.failures > 0) throw new Error(`${scene.failures} pushes of honest seats were not answered`);
  for (const seat of scene.seats) await drain(seat, scene.url);
  await scene.stop('SIGTERM');
  return `${await expectHubWhole(scene)}, ${megabytes} MB at most`;
}

/** Opens a connection, says something and gives what came back until it ended or nothing more came. */
async function say(url: string, ...parts: readonly (string | Uint8Array)[]): Promise<string> {
  const socket = await open(url);
  let heard = '';
  socket.on('data', (bytes: Buffer) => {
    heard = (heard + bytes.toString('latin1')).slice(0, 100_000);
  });
  for (const part of parts) {
    if (socket.destroyed) break;
    if (!socket.write(part)) await Promise.race([drained(socket), pause(wordMsMax)]);
  }
  await Promise.race([new Promise((resolve) => socket.once('close', resolve)), pause(wordMsMax)]);
  socket.destroy();
  return heard;
}

function open(url: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => resolve(socket));
    // A hub that hangs up on an abuser does well.
    socket.on('error', (error) => {
      socket.destroy();
      reject(error);
    });
  });
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('drain', resolve);
    socket.once('close', () => resolve());
  });
}

const statuses = (heard: string): string[] => [...heard.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, code = '']) => code);

function must(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(what);
}

/** Bodies no honest seat sends, and what the hub may answer: never 200 with something believed, never 500. */
const bodies: Readonly<Record<string, (seq: number, dice: Dice) => string>> = {
  'arrays 200 000 deep': (seq) => `{"firstSeq":${seq},"entries":[${'['.repeat(200_000)}${']'.repeat(200_000)}]}`,
  'objects 100 000 deep': (seq) => `{"firstSeq":${seq},"entries":[${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]}`,
  __proto__: (seq) => `{"firstSeq":${seq},"entries":[1],"__proto__":{"isAdmin":true}}`,
  'constructor.prototype': (seq) => `{"firstSeq":${seq},"entries":[1],"constructor":{"prototype":{"isAdmin":true}}}`,
  'a key given twice': () => '{"firstSeq":9999,"firstSeq":9999,"entries":[1]}',
  'a number of 100 000 digits': () => `{"firstSeq":${'9'.repeat(100_000)},"entries":[1]}`,
  'an array of a million': () => `{"firstSeq":9999,"entries":[${'1,'.repeat(1_000_000)}1]}`,
  'bytes that are no UTF-8': () => '{"firstSeq":9999,"entries":["\ufffd\u0000"]}',
  noise: (_seq, dice) => Buffer.from(dice.bytes(50_000)).toString('latin1'),
};

/** People who mean the hub no good, or programs that are broken. */
export const hubAbuse: Readonly<Record<string, Fault>> = {
  'hub-slow-loris': fault<Abused>({
    promise: 'Hundreds of connections that say a byte at a time take nothing from honest seats.',
    arrange: abused,
    inject: (scene, dice) =>
      meanwhile(scene, dice, async () => {
        const sockets = await Promise.all(Array.from({ length: 400 }, () => open(scene.url)));
        for (let byte = 0; byte < slowRequest.length; byte += 1) {
          for (const socket of sockets) if (!socket.destroyed) socket.write(slowRequest.charAt(byte));
          await pause(100);
        }
        for (const socket of sockets) socket.destroy();
      }),
    check: unharmed,
  }),
  'hub-huge-headers': fault<Abused>({
    promise: 'Headers of ten megabytes are refused before they are kept.',
    arrange: abused,
    inject: (scene, dice) =>
      meanwhile(scene, dice, async () => {
        const megabyte = `${'x'.repeat(1_000)}: ${'y'.repeat(1_000_000)}\r\n`;
        for (let round = 0; round < 5; round += 1) {
          const heard = await say(
            scene.url,
            'GET /v1/seats HTTP/1.1\r\nhost: x\r\n',
            ...Array(10).fill(megabyte),
            '\r\n',
          ).catch(String);
          must(!statuses(heard).includes('200'), 'headers of ten megabytes were taken');
        }
      }),
    check: unharmed,
  }),
  'hub-hostile-bodies': fault<Abused>({
    promise: 'Deep, doubled, poisoned and endless JSON is refused or set aside, whoever sends it with a valid key.',
    arrange: abused,
    inject: (scene, dice) =>
      meanwhile(scene, dice, async () => {
        let seq = 1;
        for (const [what, body] of Object.entries(bodies)) {
          const headers = { 'content-type': 'application/json', authorization: `Bearer ${scene.abuserKey}` };
          const answer = await fetch(`${scene.url}/v1/journal`, { method: 'POST', headers, body: body(seq, dice) });
          const said = await answer.text();
          const isAside = answer.status === 200 && said.includes(`"setAside":[{"seq":${seq},`);
          must(isAside || Math.floor(answer.status / 100) === 4, `${what}: ${answer.status} ${said.slice(0, 200)}`);
          if (isAside) seq += 1;
          must(!/node_modules|\bat .*\.(ts|js):/.test(said), `${what}: the answer tells of the inside`);
        }
      }),
    check: unharmed,
  }),
  'hub-zip-bomb': fault<Abused>({
    promise: 'A body that would unpack to half a gigabyte is not unpacked.',
    arrange: abused,
    inject: (scene, dice) =>
      meanwhile(scene, dice, async () => {
        const bomb = gzipSync(gzipSync(Buffer.alloc(256 * 1024 * 1024)));
        for (const encoding of ['gzip', 'gzip, gzip', 'deflate', 'br']) {
          const answer = await fetch(`${scene.url}/v1/journal`, {
            method: 'POST',
            headers: {
              'content-type': 'application/json',
              'content-encoding': encoding,
              authorization: `Bearer ${scene.abuserKey}`,
            },
            body: bomb,
          });
          must(answer.status >= 400 && answer.status < 500, `a bomb in ${encoding}: ${answer.status}`);
          await answer.body?.cancel();
        }
      }),
    check: unharmed,
  }),
  'hub-smuggling': fault<Abused>({
    promise: 'A request whose end is told in two ways (RFC 9112, 6.3) is refused, and nothing after it is done.',
    arrange: abused,
    inject: (scene, dice) =>
      meanwhile(scene, dice, async () => {
        const hidden = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';
        const head = 'POST /v1/enrolments HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
        const tricks = [
          `content-length: ${hidden.length + 5}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
          `transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n${hidden}`,
          `content-length: 0\r\ncontent-length: ${hidden.length}\r\n\r\n${hidden}`,
          `transfer-encoding: xchunked\r\n\r\n0\r\n\r\n${hidden}`,
          `transfer-encoding : chunked\r\n\r\n0\r\n\r\n${hidden}`,
          `transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
          `content-length: +2\r\n\r\n{}${hidden}`,
          `content-length: 0x2\r\n\r\n{}${hidden}`,
        ];
        for (const trick of tricks) {
          const heard = await say(scene.url, head + trick);
          must(!statuses(heard).includes('200'), `what was hidden was done: ${trick.slice(0, 60)}`);
        }
      }),
    check: unharmed,
  }),
  'hub-many-connections': fault<Abused>({
    promise: 'Three thousand connections that say nothing take no honest seat’s place.',
    arrange: abused,
    inject: (scene, dice) =>
      meanwhile(scene, dice, async () => {
        const sockets = await Promise.all(Array.from({ length: 3_000 }, () => open(scene.url).catch(() => null)));
        await pause(3_000);
        for (const socket of sockets) socket?.destroy();
      }),
    check: unharmed,
  }),
};
