import { type InputHTMLAttributes, type ReactNode, useId, useState } from 'react';
import styles from './field.module.css';

type FieldProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange' | 'className' | 'id'> & {
  readonly label: string;
  readonly hint?: string;
  /** What is wrong, in words; shown only after the person has left the field, or when `showError` says so. */
  readonly error: string | null;
  readonly showError: boolean;
  readonly value: string;
  readonly onChange: (value: string) => void;
};

/** One line to type in: label above, hint and error below. */
export function Field({ label, hint, error, showError, value, onChange, ...rest }: FieldProps) {
  const id = useId();
  const [wasLeft, setWasLeft] = useState(false);
  const shownError = wasLeft || showError ? error : null;
  const says = shownError ?? hint;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <input
        {...rest}
        id={id}
        className={styles.input}
        value={value}
        aria-invalid={shownError !== null || undefined}
        aria-describedby={says === undefined ? undefined : `${id}-says`}
        onChange={(event) => onChange(event.currentTarget.value)}
        onBlur={() => setWasLeft(true)}
      />
      {says !== undefined && (
        <p id={`${id}-says`} className={shownError === null ? styles.hint : styles.error}>
          {says}
        </p>
      )}
    </div>
  );
}

type ChoiceFieldProps = {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
};

/** One of many, in a list that opens: sound devices. */
export function ListField({ label, hint, value, options, onChange }: ChoiceFieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <select id={id} className={styles.input} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
    </div>
  );
}

/** One of few, all seen at once: the chosen one is lit. Arrow keys walk it. */
export function ChoiceField({ label, hint, value, options, onChange }: ChoiceFieldProps) {
  const id = useId();
  return (
    <fieldset className={styles.field}>
      <legend>{label}</legend>
      <div className={styles.choices}>
        {options.map((option) => (
          <label key={option.value} className={styles.choice}>
            <input
              type="radio"
              name={id}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      {hint !== undefined && <p className={styles.hint}>{hint}</p>}
    </fieldset>
  );
}

type LevelFieldProps = {
  readonly label: string;
  /** 0..1. */
  readonly value: number;
  readonly said: (percent: number) => string;
  readonly onChange: (value: number) => void;
};

/** A level from none to full; told while it moves, taken when it is let go. */
export function LevelField({ label, value, said, onChange }: LevelFieldProps) {
  const id = useId();
  const [moving, setMoving] = useState<number | null>(null);
  const shown = Math.round((moving ?? value) * 100);
  const take = (): void => {
    if (moving !== null) onChange(moving);
    setMoving(null);
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.levelLabel}>
        {label}
        <span>{said(shown)}</span>
      </label>
      <input
        id={id}
        className={styles.level}
        type="range"
        min={0}
        max={100}
        step={5}
        value={shown}
        aria-valuetext={said(shown)}
        onChange={(event) => setMoving(event.currentTarget.valueAsNumber / 100)}
        onPointerUp={take}
        onKeyUp={take}
        onBlur={take}
      />
    </div>
  );
}

type FieldGroupProps = {
  readonly title: string;
  /** Where an address may lead: `site` for `#/settings/site`. */
  readonly place?: string;
  readonly children: ReactNode;
};

/** A part of a form, with its heading. */
export function FieldGroup({ title, place, children }: FieldGroupProps) {
  const id = useId();
  return (
    <section className={styles.group} aria-labelledby={id} id={place === undefined ? undefined : `group-${place}`}>
      <h2 id={id}>{title}</h2>
      <div className={styles.column}>{children}</div>
    </section>
  );
}
