import { useCallback, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Call, isUp } from '../../core/call.ts';
import { usePartyName } from '../kit/party-text.tsx';
import text from '../kit/text.module.css';
import { AfterCallHead, AfterCallWaits, CodeList } from './after-call.tsx';
import styles from './call-card.module.css';
import { CallHealth, CallInfo } from './call-info.tsx';
import { CardKeys } from './card-keys.tsx';
import { DialField } from './dial-field.tsx';
import { HookKey } from './hook-key.tsx';
import { IdleInfo } from './idle-info.tsx';
import { NoteField } from './note-field.tsx';
import { OtherCall } from './other-call.tsx';
import { RingingKeys } from './ringing-keys.tsx';
import { goTo } from './route.ts';
import { useAfterCall } from './use-after-call.ts';
import { useCallDrafts } from './use-call-drafts.ts';
import type { CallerHistory } from './use-caller-history.ts';
import { useHook } from './use-hook.ts';
import { useKeyboard } from './use-keyboard.ts';
import { useLinkedNumber } from './use-linked-number.ts';
import { useIsOnModem } from './use-modem.ts';
import { useAsk, useSeat } from './use-seat.ts';

type CallCardProps = {
  readonly first: Call | null;
  readonly others: readonly Call[];
  readonly history: CallerHistory;
};

/**
 * The call card: always here, never covered, never moved. Who it is stands on top; the hook and the small keys stand at
 * the foot, in the same place whatever happens. What a person types into (number, note) stays while they type in it.
 */
export function CallCard({ first, others, history }: CallCardProps) {
  const { t } = useTranslation();
  const partyName = usePartyName();
  const [number, setNumber] = useState('');
  const clearNumber = useCallback(() => setNumber(''), []);
  useLinkedNumber(setNumber);
  const pressHook = useHook(first, number, clearNumber);
  const drafts = useCallDrafts();
  const [isWriting, setWriting] = useState(false);
  const after = useAfterCall(drafts);
  const isAfter = after !== null && (first === null || isWriting);
  const notedCallId = isAfter ? after.row.callId : first !== null && isUp(first.state) ? first.callId : null;
  const ringing = [first, ...others].find((call) => call?.state.kind === 'ringing') ?? null;
  const numberField = useRef<HTMLInputElement>(null);
  useCardKeyboard({ first, pressHook, after: first === null ? after : null, numberField, setNumber });
  return (
    <aside
      className={styles.card}
      id="card"
      tabIndex={-1}
      aria-label={t('card.label')}
      data-state={cardState(first, isAfter)}
    >
      <div className={text.hidden} role="alert">
        {ringing !== null && t('card.announce', { who: partyName(ringing.remote) })}
      </div>
      <div className={styles.info}>
        {first !== null && <CallInfo call={first} history={history} isShort={isAfter} />}
        {isAfter && first === null && <AfterCallHead row={after.row} />}
        {isAfter && <CodeList work={after} />}
        {notedCallId !== null && (
          <NoteField
            note={drafts.of(notedCallId).note}
            onWrite={(note) => drafts.write(notedCallId, { note })}
            onTyping={setWriting}
            onDone={() => first === null && after?.finish()}
          />
        )}
        {first !== null && !isAfter && <CallHealth call={first} />}
        {after !== null && !isAfter && <AfterCallWaits row={after.row} />}
        {first === null && after === null && <IdleInfo />}
      </div>
      <div className={styles.foot}>
        {others.map((call) => (
          <OtherCall key={call.callId} call={call} first={first} />
        ))}
        {first?.state.kind === 'ringing' && <RingingKeys callId={first.callId} />}
        <DialField
          value={number}
          onChange={setNumber}
          onDial={pressHook}
          isHidden={first !== null || isAfter}
          ref={numberField}
        />
        <HookKey
          first={first}
          typedNumber={number}
          after={isAfter && first === null ? after : null}
          onPress={pressHook}
        />
        <CardKeys call={first} />
      </div>
    </aside>
  );
}

/** The card's state as its style sheet and the tests name it. */
function cardState(first: Call | null, isAfter: boolean): string {
  if (first !== null) return first.state.kind;
  return isAfter ? 'after-call-work' : 'idle';
}

type CardKeyboard = {
  readonly first: Call | null;
  readonly pressHook: () => void;
  readonly after: ReturnType<typeof useAfterCall>;
  readonly numberField: React.RefObject<HTMLInputElement | null>;
  readonly setNumber: (change: (before: string) => string) => void;
};

/** The keys of the keyboard, by what stands on the card now. */
function useCardKeyboard({ first, pressHook, after, numberField, setNumber }: CardKeyboard): void {
  const ask = useAsk();
  const isMuted = first?.isMuted ?? false;
  const isOnModem = useIsOnModem(first?.callId);
  const isFree = useSeat((view) => view.calls).length === 0;
  useKeyboard((wish) => {
    switch (wish.kind) {
      case 'hook':
        pressHook();
        return true;
      case 'hold':
        if (isOnModem) return true;
        if (first?.state.kind === 'talking') ask({ kind: 'hold', callId: first.callId });
        if (first?.state.kind === 'held') ask({ kind: 'resume', callId: first.callId });
        return true;
      case 'mute':
        if (!isOnModem && (first?.state.kind === 'talking' || first?.state.kind === 'held'))
          ask({ kind: 'mute', isMuted: !isMuted });
        return true;
      case 'digit':
        if (first?.state.kind === 'talking') ask({ kind: 'digits', digits: wish.digit });
        else if (after !== null) return after.chooseAt(Number(wish.digit) - 1);
        else if (isFree) {
          setNumber((before) => before + wish.digit);
          numberField.current?.focus();
        }
        return true;
      case 'finish':
        return after?.finish() ?? false;
      case 'search':
        if (!focusSearch()) {
          goTo('calls');
          focusSearchSoon(searchFramesMax);
        }
        return true;
    }
  });
}

/** How many frames the screen Calls may take to come before the wish to search is forgotten: half a second. */
const searchFramesMax = 30;

function focusSearchSoon(framesLeft: number): void {
  if (framesLeft > 0 && !focusSearch()) requestAnimationFrame(() => focusSearchSoon(framesLeft - 1));
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('main input[type=search]');
  field?.focus();
  return field !== null;
}
