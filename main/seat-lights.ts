import type { Light, PhoneReport } from '../core/console-api.ts';

/** The three honest lights: what each report means. `sinceAt` is kept as long as the light says the same. */

/** The lights of the phone page before it has said anything. */
export function lightsAtStart(at: number): { readonly signalling: Light; readonly media: Light } {
  return {
    signalling: { state: 'off', code: 'starting', sinceAt: at, detail: '' },
    media: { state: 'off', code: 'starting', sinceAt: at, detail: '' },
  };
}

/** The light after a change; the same object when nothing about it changed. */
export function changedLight(before: Light, next: Omit<Light, 'sinceAt'>, at: number): Light {
  if (before.state === next.state && before.code === next.code && before.detail === next.detail) return before;
  const isSameSign = before.state === next.state && before.code === next.code;
  return { ...next, sinceAt: isSameSign ? before.sinceAt : at };
}

/** What a signalling report looks like. */
export function signallingLight(report: Extract<PhoneReport, { kind: 'signalling' }>): Omit<Light, 'sinceAt'> {
  const state = { practice: 'good', registered: 'good', connecting: 'weak', refused: 'down', offline: 'down' } as const;
  return { state: state[report.state], code: report.state, detail: report.detail };
}

/** What a media report looks like. */
export function mediaLight(report: Extract<PhoneReport, { kind: 'media' }>): Omit<Light, 'sinceAt'> {
  const state = {
    off: 'off',
    ready: 'good',
    'no-microphone': 'down',
    refused: 'down',
    'fell-back': 'weak',
    silent: 'down',
  } as const;
  return { state: state[report.state], code: report.state, detail: report.detail };
}
