import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type BadNetwork, type Impairment, startBadNetwork } from '../../rig/bad-network.ts';
import { lacksRig } from '../call-scene.ts';
import { type Fault, fault, type Scene } from '../fault.ts';

const port = 7_007;
const packets = 300;

/** Runs beyond the road: says the number of each packet as it comes. */
const receiver = `require('node:dgram').createSocket('udp4')
  .on('message', (bytes) => console.log(bytes.readUInt32BE(0)))
  .on('listening', () => console.log('listening'))
  .bind(${port}, process.argv[1]);`;

type RoadScene = Scene & { readonly network: BadNetwork; readonly runs: number[][]; rules: number[][][] };

/** Sends numbered packets over a road under a rule and gives the numbers that arrived, sorted. */
async function arrivals(network: BadNetwork, rule: Impairment, seed: number): Promise<number[]> {
  const { namespace, switchAddress, seatAddress } = network;
  const inside = ['netns', 'exec', namespace, process.execPath, '-e', receiver, switchAddress];
  const child = spawn('ip', inside, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const came: number[] = [];
  await once(lines, 'line');
  lines.on('line', (line) => came.push(Number(line)));
  await network.impair(rule, seed);
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, seatAddress, resolve));
  for (let number = 0; number < packets; number += 1) {
    const bytes = Buffer.alloc(200);
    bytes.writeUInt32BE(number);
    socket.send(bytes, port, switchAddress);
    // Bursts of the size a socket's buffer holds, on any machine.
    if (number % 20 === 0) await pause(5);
  }
  // The longest delay of these rules, and a machine with much else to do.
  await pause(1_500);
  socket.close();
  child.kill('SIGKILL');
  return came.toSorted((a, b) => a - b);
}

/** The road's own promise: without it no seed could be run again. */
export const roadItself: Readonly<Record<string, Fault>> = {
  'road-is-reproducible': fault<RoadScene>({
    promise: 'Under the same seed the same packets are lost and doubled, UDP and TCP, each way; under another, others.',
    lacks: lacksRig,
    arrange: async () => {
      const network = await startBadNetwork();
      return { network, runs: [], rules: [], folders: [], close: () => network.close() };
    },
    inject: async (scene, dice) => {
      const { network } = scene;
      const rule = { loss: 0.2, duplicate: 0.1, delayMs: 100, jitterMs: 200, reorder: 0.1 };
      const [seed, other] = [dice.whole(1, 2 ** 30), dice.whole(1, 2 ** 30)];
      for (const each of [seed, seed, other]) scene.runs.push(await arrivals(network, rule, each));
      for (const side of ['to-switch', 'to-seat'] as const) {
        for (const protocol of [6, 17] as const) {
          for (const each of [seed, seed, other])
            scene.rules.push((await network.fates(rule, each, side, protocol, packets)).map((fate) => [...fate]));
        }
      }
      // What was foretold for UDP towards the switch is what came.
      const foretold = (await network.fates(rule, seed, 'to-switch', 17, packets)).flatMap((late, at) =>
        late.map(() => at),
      );
      if (!isDeepStrictEqual(foretold, scene.runs[0])) throw new Error('another packet came than was foretold');
    },
    check: async ({ runs, rules }) => {
      const [first = [], again, another] = runs;
      if (!isDeepStrictEqual(first, again)) throw new Error('the same seed made other decisions');
      if (isDeepStrictEqual(first, another)) throw new Error('another seed made the same decisions');
      for (let at = 0; at < rules.length; at += 3) {
        if (!isDeepStrictEqual(rules[at], rules[at + 1])) throw new Error('the same seed foretells other fates');
        if (isDeepStrictEqual(rules[at], rules[at + 2])) throw new Error('another seed foretells the same fates');
      }
      const lost = packets - new Set(first).size;
      const doubled = first.length - new Set(first).size;
      if (lost < 30 || lost > 90 || doubled < 5) throw new Error(`${lost} lost and ${doubled} doubled of ${packets}`);
      return `${lost} lost, ${doubled} doubled of ${packets}, twice the same`;
    },
  }),
};
