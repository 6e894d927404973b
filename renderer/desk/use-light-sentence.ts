import { useTranslation } from 'react-i18next';
import type { Light } from '../../core/console-api.ts';
import type { LightName } from './light-button.tsx';
import { useFallbackModem } from './use-modem.ts';
import { useSeat } from './use-seat.ts';

/** The codes with a sentence of their own, by light. A code the page does not know falls back to the state's sentence. */
const known = {
  signalling: ['practice', 'registered', 'connecting', 'refused', 'offline'],
  media: ['ready', 'off', 'no-microphone', 'refused', 'fell-back', 'silent'],
  data: ['saved', 'disk-full', 'disk-failed', 'lost'],
} as const;

/** What a light says in words: what happened, what still works, what to do. */
export function useLightSentence(name: LightName, light: Light): string {
  const { t } = useTranslation();
  const isTalking = useSeat((view) =>
    view.calls.some((call) => call.answeredAt !== null && !view.modemCalls.includes(call.callId)),
  );
  const hasModem = useFallbackModem() !== null;
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
      const code = known.data.find((each) => each === light.code) ?? light.state;
      return t(`lights.says.data.${code}`);
    }
  }
}
