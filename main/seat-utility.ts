import { startDeviceProcess } from '../native/device-client.ts';
import { portWire } from './carriers/port-wire.ts';
import { deviceFork } from './electron/device-fork.ts';
import { type FromSeat, type ToSeat, toSeat } from './electron/seat-message.ts';
import { readLightRules } from './lights-file.ts';
import { type RunningSeat, runSeat } from './running-seat.ts';
import type { Log } from './seat-ports.ts';

/**
 * Composition root of the seat process under Electron: a utilityProcess of main/electron.ts, so that SQLite and
 * recordings never stall a window. Waits for `start`, then serves console-api on each port it is handed.
 */

const log: Log = (level, message) => {
  if (level !== 'info') console.error(`hookline seat: ${message}`);
};
const tell = (message: FromSeat): void => process.parentPort.postMessage(message);
const devicesOfMain = deviceFork(() => tell({ kind: 'fork-devices' }));
/** Pages may ask before the profile is open: their ports wait for it. */
let running: Promise<RunningSeat | null> = Promise.resolve(null);
let end = (): Promise<void> => Promise.resolve();

process.parentPort.on('message', ({ data, ports }) => {
  const heard = toSeat.safeParse(data);
  if (!heard.success) {
    log('error', `the main process said what nobody knows: ${heard.error.message}`);
    return;
  }
  void obey(heard.data, ports[0]);
});

async function obey(message: ToSeat, port: Electron.MessagePortMain | undefined): Promise<void> {
  switch (message.kind) {
    case 'start':
      running = start(message);
      return;
    case 'devices':
      if (port !== undefined) devicesOfMain.takePort(port);
      return;
    case 'page': {
      const seat = await running;
      if (seat === null) port?.close();
      else if (port !== undefined) seat.console.serve(message.page, portWire(port));
      return;
    }
    case 'stop':
      await end();
      process.exit(0);
  }
}

async function start(message: Extract<ToSeat, { kind: 'start' }>): Promise<RunningSeat | null> {
  const lights = await readLightRules(message.profile);
  const devices = startDeviceProcess({
    simulated: true,
    log,
    lightRules: lights.rules,
    fork: devicesOfMain.fork,
  });
  end = () => devices.close();
  const outcome = await runSeat({
    directory: message.profile,
    keys: { key: () => Promise.resolve({ kind: 'key', key: message.key, isNew: false }) },
    devices,
    firstNotices: lights.notices,
    version: message.version,
    isPractice: message.isPractice,
    locale: message.locale,
    log,
  });
  if (outcome.kind === 'refused') {
    await devices.close();
    tell({ kind: 'refused', message: outcome.message, detail: outcome.detail });
    return null;
  }
  // The seat darkens the lamps and lets go of the devices as it closes.
  end = () => outcome.running.close();
  void follow(outcome.running);
  return outcome.running;
}

/** Tells the main process what the windows have to follow, and only when it changed. */
async function follow({ seat }: RunningSeat): Promise<void> {
  let told = '';
  for await (const { settings, calls } of seat.view.watch(new AbortController().signal)) {
    const state: FromSeat = {
      kind: 'state',
      server: settings.account.kind === 'sip' ? settings.account.server : null,
      liveCalls: calls.length,
      isRinging: calls.some((call) => call.state.kind === 'ringing'),
    };
    const text = JSON.stringify(state);
    if (text !== told) tell(state);
    told = text;
  }
}
