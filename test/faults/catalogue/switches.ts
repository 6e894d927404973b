import { setTimeout as pause } from 'node:timers/promises';
import { type Asterisk, startAsterisk } from '../../rig/asterisk.ts';
import { type SipRelay, startSipRelay } from '../../rig/sip-relay.ts';
import { type SipSeat, startSipSeat } from '../../rig/sip-seats.ts';
import { startTcpRelay, type TcpRelay } from '../../rig/tcp-relay.ts';
import { arrangeCall, type CallScene, callStands, hasEnded, lacksRig } from '../call-scene.ts';
import type { Dice } from '../dice.ts';
import { type Fault, fault, type Scene } from '../fault.ts';

const secondsMax = 120;

type BehindWebSocketRelay = CallScene & { readonly relay: SipRelay };
type BehindTcpRelay = CallScene & { readonly relay: TcpRelay };

async function behindWebSocketRelay(): Promise<BehindWebSocketRelay> {
  const relays: SipRelay[] = [];
  const scene = await arrangeCall({
    between: async (wsUrl) => {
      const relay = await startSipRelay(wsUrl);
      relays.push(relay);
      return relay.url;
    },
  });
  return withRelay(scene, relays);
}

async function behindTcpRelay(): Promise<BehindTcpRelay> {
  const relays: TcpRelay[] = [];
  const scene = await arrangeCall({
    between: async (wsUrl) => {
      const { hostname, port, pathname } = new URL(wsUrl);
      const relay = await startTcpRelay({ host: hostname, port: Number(port) });
      relays.push(relay);
      return `wss://127.0.0.1:${relay.port}${pathname}`;
    },
  });
  return withRelay(scene, relays);
}

function withRelay<R extends { close(): Promise<void> }>(scene: CallScene, relays: readonly R[]) {
  const [relay] = relays;
  if (relay === undefined) throw new Error('no relay was started');
  const close = async (options: { readonly keep: boolean }): Promise<void> => {
    await scene.close(options);
    await relay.close();
  };
  return { ...scene, relay, close };
}

/** An alert record of TLS 1.2 and before, "handshake failure" and fatal (RFC 5246, 7.2): no key of the session made it. */
const tlsAlert = Uint8Array.of(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28);

const closed = (code: number): Fault =>
  fault<BehindWebSocketRelay>({
    promise: `A switch that closes the connection with ${code} is not heard, and signalling is back at once.`,
    lacks: lacksRig,
    secondsMax,
    arrange: behindWebSocketRelay,
    inject: async ({ relay }, dice) => {
      for (let times = dice.whole(1, 3); times > 0; times -= 1) {
        const from = relay.mark();
        if (relay.closeAll(code, 'the rig says so') === 0) throw new Error('nothing was closed');
        await relay.waitFor('a new REGISTER', ({ text }) => text.startsWith('REGISTER '), { from });
      }
    },
    check: callStands,
  });

/** The switch itself, and what stands right before it. */
export const switches: Readonly<Record<string, Fault>> = {
  'switch-killed': fault<CallScene>({
    promise: 'When the switch dies, the call is closed as lost with its line, and the seat is back at the new switch.',
    lacks: lacksRig,
    secondsMax,
    arrange: () => arrangeCall(),
    // The new one has another certificate, as each Asterisk of the rig makes its own.
    inject: (scene) => scene.restartSwitch(),
    check: async ({ seat }) => {
      await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
      await seat.desk.locator('#card[data-state=after-call-work]').waitFor();
      await hasEnded(seat.profile, 'line-lost');
      return '';
    },
  }),
  'switch-closes-1001': closed(1001),
  'switch-closes-1011': closed(1011),
  'switch-tls-alert': fault<BehindTcpRelay>({
    promise: 'A TLS alert in the middle of a session is not heard, and signalling is back at once.',
    lacks: lacksRig,
    secondsMax,
    arrange: behindTcpRelay,
    inject: async ({ relay }) => {
      const before = relay.connections();
      relay.sayToClients(tlsAlert);
      for (let looks = 0; relay.connections() === before; looks += 1) {
        if (looks === 100) throw new Error('the seat did not connect again');
        await pause(100);
      }
    },
    check: callStands,
  }),
  'switch-behind-a-portal': fault<BehindTcpRelay>({
    promise: 'Behind a captive portal the light says that the switch is away; signed in there, all is as before.',
    lacks: lacksRig,
    secondsMax,
    arrange: behindTcpRelay,
    inject: async ({ relay, seat }, dice) => {
      relay.rule({ kind: 'portal' });
      await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor({ state: 'detached', timeout: 15_000 });
      await pause(dice.whole(2_000, 8_000));
      relay.rule({ kind: 'pass' });
    },
    check: callStands,
  }),
  'fifty-seats-at-once': fault<FiftySeats>({
    promise: 'Fifty seats are registered again within half a minute of a switch that died, and none is starved.',
    lacks: lacksRig,
    secondsMax: 90,
    arrange: fiftySeats,
    inject: (scene) => scene.restart(),
    check: async ({ seats, startedAt }) => {
      await Promise.all(seats.map((seat) => seat.whenRegistered()));
      const tookMs = seats.map((seat) => (seat.registeredAt() ?? 0) - startedAt()).toSorted((a, b) => a - b);
      const [median = 0, last = 0] = [tookMs[25], tookMs[49]];
      if (last > 30_000) throw new Error(`the last seat was registered after ${last} ms`);
      const attempts = seats.reduce((sum, seat) => sum + seat.attempts(), 0);
      return `half of them after ${median} ms, the last after ${last} ms, ${attempts} attempts in all`;
    },
  }),
};

type FiftySeats = Scene & {
  readonly seats: readonly SipSeat[];
  restart(): Promise<void>;
  /** When the new switch was up. */
  startedAt(): number;
};

/** Fifty light seats on a switch of their own, on loopback: each waits by chance, as ours does. */
async function fiftySeats(dice: Dice): Promise<FiftySeats> {
  const users = Array.from({ length: 50 }, (_, index) => `70${String(index).padStart(2, '0')}`);
  const password = Buffer.from(dice.bytes(9)).toString('hex');
  const pjsip = users
    .map(
      (user) => `[${user}]
type=endpoint
context=from-seat
auth=${user}
aors=${user}
webrtc=yes
dtls_auto_generate_cert=yes
allow=!all,opus,ulaw
[${user}]
type=auth
auth_type=userpass
username=${user}
password=${password}
[${user}]
type=aor
max_contacts=3
remove_existing=yes
`,
    )
    .join('');
  const extras = { modules: [], files: { 'pjsip.conf': pjsip }, hasPtys: false };
  let asterisk: Asterisk = await startAsterisk({ extras });
  let startedAt = Date.now();
  const wsPort = Number(new URL(asterisk.wsUrl).port);
  const seats = users.map((user) => startSipSeat({ wsUrl: asterisk.wsUrl, user, password, random: dice.next }));
  await Promise.all(seats.map((seat) => seat.whenRegistered()));
  return {
    folders: [],
    seats,
    startedAt: () => startedAt,
    restart: async () => {
      await asterisk.stop();
      asterisk = await startAsterisk({ extras, wsPort });
      startedAt = Date.now();
    },
    close: async () => {
      for (const seat of seats) seat.close();
      await asterisk.stop();
    },
  };
}
