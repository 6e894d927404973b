import { useTranslation } from 'react-i18next';
import type { Light } from '../../core/console-api.ts';
import { useHubSentence } from '../site/use-hub-sentence.ts';
import type { LightName } from './shown-strips.ts';
import { useFallbackModem } from './use-modem.ts';
import { useSeat } from './use-seat.ts';

/** The codes with a sentence of their own, by light. A code the page does not know falls back to the state's sentence. */
const known = {
  signalling: ['practice', 'registered', 'connecting', 'refused', 'offline'],
  media: ['ready', 'off', 'no-microphone', 'refused', 'fell-back', 'silent'],
  data: ['disk-full', 'disk-failed', 'disk-read-only', 'lost'],
} as const;

/** What a light says in words: what happened, what still works, what to do. */
export function useLightSentence(name: LightName, light: Light): string {
  const { t } = useTranslation();
  const isTalking = useSeat((view) =>
    view.calls.some((call) => call.answeredAt !== null && !view.modemCalls.includes(call.callId)),
  );
  const hasModem = useFallbackModem() !== null;
  const hub = useHubSentence();
  switch (name) {
    case 'signalling': {
      if (light.code === 'offline' && isTalking) return t('lights.says.signalling.offlineTalking');
      if (light.code === 'offline' && hasModem) return t('lights.says.signalling.offlineModem');
      const code = known.signalling.find((each) => each === light.code) ?? light.state;
      return t(`lights.says.signalling.${code}`);
    }
    case 'media': {
      const code = known.media.find((each) => each === light.code) ?? light.state;
      return t(`lights.says.media.${code}`);
    }
    case 'data': {
      // The disk under the seat comes before the hub: what is not here can't be there either.
      const code = known.data.find((each) => each === light.code);
      if (code !== undefined) return t(`lights.says.data.${code}`);
      if (isOfHub(light)) return hub;
      return t(`lights.says.data.${light.state}`);
    }
  }
}

/** What a light has for a technician. Of the hub it is what the hub's view says: the light itself only counts what waits. */
export function useLightDetail(name: LightName, light: Light): string {
  const hub = useSeat((view) => view.hub);
  if (name !== 'data' || !isOfHub(light)) return light.detail;
  return hub.kind === 'enrolled' ? hub.detail : '';
}

/** The disk is well: what else the data light says is how the hub stands. */
function isOfHub({ code }: Light): boolean {
  return code === 'saved' || code === 'saved-here' || code === 'hub-refused' || code === 'hub-forked';
}
