import { type KeyboardEvent, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { PanelPage } from '../../core/key-command.ts';
import type { PanelLayout } from '../../core/key-face.ts';
import type { LitKeys } from '../devices/lit-keys.ts';
import { KeyCap, keysInOrder, PanelPicture } from '../devices/panel-picture.tsx';
import { isDirection, keyBeside } from './bindings.ts';
import { type CommandWords, useCommandWords } from './command-words.ts';
import { type Carried, useCarried, useDropPlace } from './drag.ts';
import styles from './keys.module.css';

type KeyBoardProps = {
  readonly label: string;
  readonly layout: PanelLayout;
  readonly page: PanelPage;
  readonly chosen: string | null;
  readonly lit: LitKeys;
  readonly onChoose: (keyId: string) => void;
  readonly onDrop: (keyId: string, carried: Carried) => void;
  readonly onClear: (keyId: string) => void;
};

/** The panel with what its keys are set to do. One stop for Tab; arrows walk it, with Alt they move what is on a key. */
export function KeyBoard({ label, layout, page, chosen, lit, onChoose, onDrop, onClear }: KeyBoardProps) {
  const { t } = useTranslation();
  const words = useCommandWords();
  const stop = chosen ?? keysInOrder(layout)[0]?.keyId;
  const onKeyDown = (event: KeyboardEvent, keyId: string): void => {
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      onClear(keyId);
      return;
    }
    if (!isDirection(event.key)) return;
    event.preventDefault();
    const next = keyBeside(layout, keyId, event.key);
    if (next === null) return;
    if (event.altKey) onDrop(next, { kind: 'key', keyId });
    onChoose(next);
    document.getElementById(domId(next))?.focus();
  };
  return (
    <fieldset className={styles.board} aria-label={label} aria-describedby="keys-hint">
      <PanelPicture layout={layout}>
        {(key, order) => {
          const command = page.keys[key.keyId];
          const said = command === undefined ? null : words(command);
          return (
            <BoardKey
              keyId={key.keyId}
              name={
                said === null
                  ? t('keysPage.keyIs', { order, what: t('keysPage.nothing') })
                  : t('keysPage.keyIs', { order, what: said.whole })
              }
              shows={key.shows}
              said={said}
              isStop={key.keyId === stop}
              isChosen={key.keyId === chosen}
              isPressed={lit.has(key.keyId)}
              onChoose={() => onChoose(key.keyId)}
              onDrop={(carried) => onDrop(key.keyId, carried)}
              onKeyDown={(event) => onKeyDown(event, key.keyId)}
            />
          );
        }}
      </PanelPicture>
    </fieldset>
  );
}

function domId(keyId: string): string {
  return `panel-key-${keyId}`;
}

/** Puts the focus on a key of the board. */
export function focusKey(keyId: string): void {
  document.getElementById(domId(keyId))?.focus();
}

type BoardKeyProps = {
  readonly keyId: string;
  readonly name: string;
  readonly shows: PanelLayout['keys'][number]['shows'];
  readonly said: CommandWords | null;
  readonly isStop: boolean;
  readonly isChosen: boolean;
  readonly isPressed: boolean;
  readonly onChoose: () => void;
  readonly onDrop: (carried: Carried) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
};

function BoardKey(props: BoardKeyProps) {
  const { keyId, name, shows, said, isStop, isChosen, isPressed, onChoose, onDrop, onKeyDown } = props;
  const button = useRef<HTMLButtonElement>(null);
  useCarried(button, said === null ? null : { kind: 'key', keyId });
  const isOver = useDropPlace(button, onDrop);
  return (
    <button
      ref={button}
      id={domId(keyId)}
      type="button"
      className={styles.boardKey}
      data-chosen={isChosen || undefined}
      data-pressed={isPressed || undefined}
      data-over={isOver || undefined}
      data-empty={said === null || undefined}
      aria-pressed={isChosen}
      aria-label={name}
      title={name}
      tabIndex={isStop ? 0 : -1}
      onClick={onChoose}
      onKeyDown={onKeyDown}
    >
      <KeyCap
        shows={shows === 'lamp' ? 'lamp' : 'none'}
        face={said && { ...said, lamp: 'off', tone: 'neutral', isEnabled: true, sinceAt: null }}
      />
    </button>
  );
}
