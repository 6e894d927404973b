import type { Call } from '../../../core/call.ts';
import type { SeatView } from '../../../core/console-api.ts';
import { callWith } from './fake-seat.ts';
import type { Scene } from './scenes.ts';

/** Help is called at a seat on which nobody is signed in: the numbers, what has to be known of the seat, and the call. */
export function emergencyScenes(at: number, nobody: SeatView): Record<string, Scene> {
  const offline = { state: 'down', code: 'offline', sinceAt: at - 95_000, detail: 'connect ECONNREFUSED' } as const;
  const away: SeatView = { ...nobody, lights: { ...nobody.lights, signalling: offline } };
  const forHelp = (change: Partial<Call>): SeatView => ({
    ...nobody,
    calls: [callWith({ number: '120', displayName: '' }, { direction: 'outbound', ...change }, at)],
  });
  const talking = { state: { kind: 'talking' }, answeredAt: at - 74_000, sinceAt: at - 74_000 } as const;
  const onModem = forHelp(talking);
  const sixteen = Array.from({ length: 16 }, (_, n) => (n % 5 === 4 ? `9551000${n % 10}` : `${110 + n}`));
  const pressed = 'F8';
  return {
    emergency: { view: nobody, pressed },
    'emergency-away': { view: away, pressed },
    'emergency-practice': { view: { ...nobody, line: { kind: 'practice' } }, pressed },
    'emergency-many': { view: { ...away, settings: { ...away.settings, emergencyNumbers: sixteen } }, pressed },
    'emergency-noticed': {
      view: nobody,
      notices: [
        { code: 'disk-nearly-full', detail: '91' },
        { code: 'stand-in', detail: 'EROFS: read-only file system' },
        { code: 'settings-file', detail: 'line 3: comma expected' },
      ],
    },
    'emergency-none': { view: { ...nobody, settings: { ...nobody.settings, emergencyNumbers: [] } }, pressed },
    'emergency-dialling': { view: forHelp({ state: { kind: 'dialling', isAlerting: true } }) },
    'emergency-talking': { view: forHelp({ ...talking, isMuted: true }) },
    'emergency-modem': { view: { ...onModem, modemCalls: onModem.calls.map(({ callId }) => callId) } },
  };
}
