import { IconBulb, IconBulbOff, IconMail } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Call } from '../../core/call.ts';
import { grouped } from '../../core/phone-number.ts';
import { ActionButton } from '../kit/action-button.tsx';
import field from '../kit/field.module.css';
import styles from './message-lamps.module.css';
import { useSeat, useSeatStore } from './use-seat.ts';

/** A station of a message desk link (equipment-api.ts). */
const stationShape = /^\d{1,10}$/;

/** Message lamps of stations, lit and darkened: only where a message desk link is set up. The call's station is offered. */
export function MessageLamps({ call }: { readonly call: Call | null }) {
  const links = useSeat((view) => view.settings.equipment);
  const link = links.find((piece) => piece.use === 'message-desk' && piece.role === 'desk');
  const arrival = useSeat((view) => (call === null ? undefined : view.arrivals[call.callId]));
  if (link === undefined) return null;
  const offered = arrival?.forwardedFrom ?? '';
  return <Lamps key={offered} id={link.id} offered={offered} />;
}

function Lamps({ id, offered }: { readonly id: string; readonly offered: string }) {
  const { t } = useTranslation();
  const lit = useSeat((view) => view.messageWaiting);
  const [number, setNumber] = useState(offered);
  const { set, trouble } = useLampSetting(id);
  const isStation = stationShape.test(number);
  const isLit = lit.includes(number);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    // A number whose lamp was not lit stays, to be tried again or mended.
    if (isStation && (await set(number, !isLit))) setNumber('');
  };
  return (
    <section className={styles.lamps} aria-labelledby="message-lamps">
      <h2 id="message-lamps">
        <IconMail size={16} aria-hidden="true" />
        {t('lamps.title')}
      </h2>
      <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
        <input
          className={field.input}
          value={number}
          inputMode="numeric"
          maxLength={10}
          autoComplete="off"
          aria-label={t('lamps.station')}
          placeholder={t('lamps.station')}
          onChange={(event) => setNumber(event.currentTarget.value.replace(/\D/g, ''))}
        />
        <ActionButton
          type="submit"
          icon={isLit ? <IconBulbOff aria-hidden="true" /> : <IconBulb aria-hidden="true" />}
          isDim={!isStation}
          onPress={submitted}
        >
          {isLit ? t('lamps.off') : t('lamps.on')}
        </ActionButton>
      </form>
      <LitStations lit={lit} onDarken={(station) => void set(station, false)} />
      <p className={styles.trouble} role="status">
        {trouble}
      </p>
    </section>
  );
}

type LampSetting = {
  /** Whether it was done. */
  readonly set: (station: string, isOn: boolean) => Promise<boolean>;
  /** Why the last lamp was not set, in words; empty: nothing is wrong. */
  readonly trouble: string;
};

/** Lights and darkens lamps by the message desk link of this id. */
function useLampSetting(id: string): LampSetting {
  const { t } = useTranslation();
  const store = useSeatStore();
  const [trouble, setTrouble] = useState('');
  const set = async (station: string, isOn: boolean): Promise<boolean> => {
    try {
      const outcome = await store.console()?.equipment.setMessageWaiting({ id, number: station, isOn });
      const why = outcome === undefined ? t('why.noLink') : outcome.kind === 'refused' ? outcome.why : '';
      setTrouble(why === '' ? '' : t('lamps.refused', { number: station, why }));
      return why === '';
    } catch (error) {
      setTrouble(t('lamps.refused', { number: station, why: String(error) }));
      return false;
    }
  };
  return { set, trouble };
}

type LitStationsProps = { readonly lit: readonly string[]; readonly onDarken: (station: string) => void };

function LitStations({ lit, onDarken }: LitStationsProps) {
  const { t } = useTranslation();
  if (lit.length === 0) return null;
  return (
    <ul className={styles.lit} aria-label={t('lamps.lit')}>
      {lit.map((station) => (
        <li key={station}>
          <button
            type="button"
            aria-label={t('lamps.darken', { number: grouped(station) })}
            title={t('lamps.darken', { number: grouped(station) })}
            onClick={() => onDarken(station)}
          >
            <IconBulb size={14} aria-hidden="true" />
            {grouped(station)}
          </button>
        </li>
      ))}
    </ul>
  );
}

function submitted(): void {
  // The form's own submit does the work, so that Enter in the field does the same as the button.
}
