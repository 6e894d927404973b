import type { DeviceInfo } from '../core/device-api.ts';
import type { Notice } from '../core/notice.ts';

/** Kinds that stand on a port somebody set up: their trouble is worth a word, for nobody sees a plug being pulled. */
const onPorts: readonly DeviceInfo['kind'][] = ['message-desk', 'call-records', 'modem'];

/** What a person should be told when the devices change: once, when one of them becomes useless. */
export function deviceNotices(before: readonly DeviceInfo[], after: readonly DeviceInfo[]): readonly Notice[] {
  return after.flatMap((device): Notice[] => {
    const problem = problemOf(device);
    if (problem === null || problem === 'not-plugged-in') return [];
    // A call log that nobody has connected to is how each day begins.
    if (problem === 'no-answer' && device.kind === 'call-records') return [];
    const known = before.find(({ deviceId }) => deviceId === device.deviceId);
    if (known !== undefined && problemOf(known) === problem) return [];
    const isOnPort = onPorts.includes(device.kind) || problem === 'bad-profile' || problem === 'no-answer';
    if (isOnPort) return [{ code: 'equipment', detail: device.name.slice(0, 400) }];
    return problem === 'quarantined' ? [{ code: 'device-problem', detail: device.name.slice(0, 400) }] : [];
  });
}

function problemOf({ state }: DeviceInfo): string | null {
  return state.kind === 'problem' ? state.problem : null;
}
