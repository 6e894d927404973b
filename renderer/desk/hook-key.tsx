import { IconCheck, IconPhone, IconPhoneOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Call } from '../../core/call.ts';
import { BigKey } from '../kit/big-key.tsx';
import { hookMeaning } from './card-calls.ts';
import type { AfterCallWork } from './use-after-call.ts';
import { useLostAt } from './use-seat.ts';

type HookKeyProps = {
  readonly first: Call | null;
  readonly typedNumber: string;
  /** The after-call work that the key would finish, when no call is up. F8 never does that: it is the hook, not the pen. */
  readonly after: AfterCallWork | null;
  readonly onPress: () => void;
};

/** The big key: answer, hang up, dial; after a call it saves the work. One key, one place. */
export function HookKey({ first, typedNumber, after, onPress }: HookKeyProps) {
  const { t } = useTranslation();
  const isLost = useLostAt() !== null;
  if (after !== null) {
    const whyNot = isLost ? t('why.noLink') : after.chosen === null ? t('why.chooseCode') : null;
    return (
      <BigKey
        meaning="finish"
        label={t('card.after.finish')}
        icon={<IconCheck aria-hidden="true" />}
        shortcut="Enter"
        whyNot={whyNot}
        onPress={() => after.finish()}
      />
    );
  }
  const meaning = hookMeaning(first, typedNumber);
  const whyNot = isLost
    ? t('why.noLink')
    : meaning.kind === 'dial' && typedNumber.trim() === ''
      ? t('why.typeNumber')
      : null;
  const label = { answer: t('keys.answer'), 'hang-up': t('keys.hangUp'), dial: t('keys.dial') }[meaning.kind];
  return (
    <BigKey
      meaning={meaning.kind}
      label={label}
      icon={meaning.kind === 'hang-up' ? <IconPhoneOff aria-hidden="true" /> : <IconPhone aria-hidden="true" />}
      shortcut="F8"
      whyNot={whyNot}
      isRinging={meaning.kind === 'answer'}
      onPress={onPress}
    />
  );
}
