import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keyIcons } from '../devices/key-icons.ts';
import { useCommandWords } from './command-words.ts';
import { useCarried } from './drag.ts';
import { type KeyTemplate, type PaletteGroup, templateId } from './key-template.ts';
import styles from './keys.module.css';

type PaletteProps = {
  readonly groups: readonly PaletteGroup[];
  /** Null: no key is chosen, so only dragging puts a command somewhere. */
  readonly chosenKey: string | null;
  readonly onTake: (template: KeyTemplate) => void;
  /** Back to the keys. */
  readonly onLeave: () => void;
};

/** Everything a key can do: dragged onto a key, or pressed for the key that is chosen. One stop for Tab, walked by arrows. */
export function Palette({ groups, chosenKey, onTake, onLeave }: PaletteProps) {
  const { t } = useTranslation();
  const [stop, setStop] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const starts = groups.map((_, at) => groups.slice(0, at).reduce((sum, group) => sum + group.templates.length, 0));
  const total = groups.reduce((sum, group) => sum + group.templates.length, 0);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      onLeave();
      return;
    }
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: stop + 1,
      ArrowRight: stop + 1,
      ArrowUp: stop - 1,
      ArrowLeft: stop - 1,
      Home: 0,
      End: total - 1,
    };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = Math.max(0, Math.min(total - 1, to));
    setStop(next);
    list.current?.querySelectorAll('button')[next]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys walk the buttons inside
    <div className={styles.palette} ref={list} onKeyDown={onKeyDown}>
      <h2 className={styles.paletteTitle}>{t('keysPage.palette')}</h2>
      <p className={styles.quiet}>{chosenKey === null ? t('keysPage.dragAbout') : t('keysPage.chooseAbout')}</p>
      {groups.map((group, at) => (
        <section key={group.title} aria-labelledby={`palette-${group.title}`}>
          <h3 id={`palette-${group.title}`}>{t(`keysPage.group.${group.title}`)}</h3>
          <div className={styles.templates}>
            {group.templates.map((template, inGroup) => {
              const place = (starts[at] ?? 0) + inGroup;
              return (
                <TemplateKey
                  key={templateId(template)}
                  template={template}
                  isStop={place === stop}
                  onFocus={() => setStop(place)}
                  onTake={() => onTake(template)}
                />
              );
            })}
          </div>
        </section>
      ))}
    </div>
  );
}

type TemplateKeyProps = {
  readonly template: KeyTemplate;
  readonly isStop: boolean;
  readonly onFocus: () => void;
  readonly onTake: () => void;
};

function TemplateKey({ template, isStop, onFocus, onTake }: TemplateKeyProps) {
  const { t } = useTranslation();
  const words = useCommandWords();
  const button = useRef<HTMLButtonElement>(null);
  useCarried(button, { kind: 'template', id: templateId(template) });
  const said = template.kind === 'whole' ? words(template.command) : null;
  const icon = template.kind === 'whole' ? words(template.command).icon : typedIcons[template.do];
  const Icon = keyIcons[icon];
  const label =
    said?.caption ?? (template.kind === 'typed' ? t('keysPage.typed', { what: t(`keysPage.do.${template.do}`) }) : '');
  return (
    <button
      ref={button}
      type="button"
      className={styles.template}
      tabIndex={isStop ? 0 : -1}
      title={said?.whole ?? label}
      onFocus={onFocus}
      onClick={onTake}
    >
      {Icon !== null && <Icon size={16} aria-hidden="true" />}
      <span>{label}</span>
    </button>
  );
}

const typedIcons = { dial: 'dial', park: 'park', digits: 'digits', 'message-waiting': 'message' } as const;
