import { IconPlus, IconRestore } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyCommand } from '../../core/key-command.ts';
import { useSeat } from '../desk/use-seat.ts';
import { type KeyLights, useLitKeys } from '../devices/lit-keys.ts';
import { keysInOrder } from '../devices/panel-picture.tsx';
import { useDeviceName } from '../devices/use-device-name.ts';
import { ActionButton } from '../kit/action-button.tsx';
import {
  type Pages,
  pagesMax,
  pagesOrOne,
  withKey,
  withKeysSwapped,
  withoutPage,
  withPageName,
  withPanel,
} from './bindings.ts';
import type { Carried } from './drag.ts';
import { focusKey, KeyBoard } from './key-board.tsx';
import { KeyEditor, PageEditor } from './key-editor.tsx';
import { type KeyTemplate, paletteGroups, type TypedCommand, templateId } from './key-template.ts';
import styles from './keys.module.css';
import type { Panel } from './keys-screen.tsx';
import { Palette } from './palette.tsx';
import type { SaveBindings } from './use-bindings.ts';

type PanelKeysProps = {
  readonly panel: Panel;
  readonly lights: KeyLights;
  readonly saving: SaveBindings;
  /** The key that was pressed last on the panel itself; a new object for each press. */
  readonly pressed: { readonly keyId: string } | null;
};

/** One panel: its pages, its keys, the chosen one, and the palette. */
export function PanelKeys({ panel, lights, saving, pressed }: PanelKeysProps) {
  const { t } = useTranslation();
  const { deviceId, layout } = panel;
  const view = useSeat((seat) => seat.panels.find((each) => each.deviceId === deviceId));
  const workCodes = useSeat((seat) => seat.settings.workCodes);
  const pages = pagesOrOne(view?.pages ?? []);
  const [wishedPage, setPage] = useState(view?.page ?? 0);
  const at = Math.min(wishedPage, pages.length - 1);
  const page = pages[at] ?? { name: '', keys: {} };
  const lit = useLitKeys(lights, deviceId);
  const name = useDeviceName()(panel);
  const groups = paletteGroups(workCodes, pages.length);
  const savePages = (next: Pages | null): void => void saving.change((now) => withPanel(now, deviceId, next));
  const hand = useHand({ pages, at, groups, pressed, savePages });
  const turnTo = (next: number): void => {
    setPage(next);
    hand.choose(null);
  };
  const addPage = (): void => {
    savePages([...pages, { name: '', keys: {} }]);
    turnTo(pages.length);
  };
  return (
    <div className={styles.panelKeys}>
      <div className={styles.left}>
        <PageTabs pages={pages} at={at} onPage={turnTo} onAdd={addPage} />
        <KeyBoard
          label={name}
          layout={layout}
          page={page}
          chosen={hand.chosen}
          lit={lit}
          onChoose={hand.choose}
          onDrop={hand.drop}
          onClear={(keyId) => hand.bind(keyId, null)}
        />
        <ChosenEditor layout={layout} pages={pages} at={at} page={page} hand={hand} savePages={savePages} />
        <p id="keys-hint" className={styles.hint}>
          {t('keysPage.hint')}
        </p>
        {view !== undefined && !view.isBuiltIn && (
          <BuiltInAgain
            onPress={() => {
              hand.choose(null);
              savePages(null);
            }}
          />
        )}
      </div>
      <Palette
        groups={groups}
        chosenKey={hand.chosen}
        onTake={(template) => hand.chosen !== null && hand.take(hand.chosen, template)}
        onLeave={() => hand.chosen !== null && focusKey(hand.chosen)}
      />
    </div>
  );
}

/** Which key is chosen, and what is done to keys. `wanted`: a command that still lacks what a person types. */
type Hand = {
  readonly chosen: string | null;
  readonly wanted: TypedCommand | null;
  readonly choose: (keyId: string | null) => void;
  readonly stopWanting: () => void;
  readonly bind: (keyId: string, command: KeyCommand | null) => void;
  readonly take: (keyId: string, template: KeyTemplate) => void;
  readonly drop: (keyId: string, carried: Carried) => void;
};

type HandOptions = {
  readonly pages: Pages;
  readonly at: number;
  readonly groups: ReturnType<typeof paletteGroups>;
  readonly pressed: PanelKeysProps['pressed'];
  readonly savePages: (next: Pages) => void;
};

function useHand({ pages, at, groups, pressed, savePages }: HandOptions): Hand {
  const [chosen, setChosen] = useState<string | null>(null);
  const [wanted, setWanted] = useState<TypedCommand | null>(null);
  const choose = (keyId: string | null): void => {
    setChosen(keyId);
    setWanted(null);
  };
  useEffect(() => {
    if (pressed === null) return;
    setChosen(pressed.keyId);
    setWanted(null);
    focusKey(pressed.keyId);
  }, [pressed]);
  const bind = (keyId: string, command: KeyCommand | null): void => {
    choose(keyId);
    savePages(withKey(pages, at, keyId, command));
  };
  const take = (keyId: string, template: KeyTemplate): void => {
    if (template.kind === 'whole') {
      bind(keyId, template.command);
      return;
    }
    setChosen(keyId);
    setWanted(template.do);
  };
  const drop = (keyId: string, carried: Carried): void => {
    if (carried.kind === 'key') {
      if (carried.keyId !== keyId) savePages(withKeysSwapped(pages, at, carried.keyId, keyId));
      choose(keyId);
      return;
    }
    const template = groups.flatMap((group) => group.templates).find((each) => templateId(each) === carried.id);
    if (template !== undefined) take(keyId, template);
  };
  return { chosen, wanted, choose, stopWanting: () => setWanted(null), bind, take, drop };
}

type ChosenEditorProps = {
  readonly layout: Panel['layout'];
  readonly pages: Pages;
  readonly at: number;
  readonly page: Pages[number];
  readonly hand: Hand;
  readonly savePages: (next: Pages) => void;
};

/** The chosen key as a form; with none chosen, the page. */
function ChosenEditor({ layout, pages, at, page, hand, savePages }: ChosenEditorProps) {
  const { chosen, wanted, bind } = hand;
  if (chosen === null) {
    return (
      <PageEditor
        key={`${at} ${page.name}`}
        name={page.name}
        page={at}
        pages={pages.length}
        onName={(typed) => savePages(withPageName(pages, at, typed))}
        onRemove={() => savePages(withoutPage(pages, at))}
      />
    );
  }
  return (
    <KeyEditor
      key={`${at} ${chosen}`}
      order={keysInOrder(layout).findIndex((key) => key.keyId === chosen) + 1}
      command={page.keys[chosen]}
      wanted={wanted}
      onSave={(command) => bind(chosen, command)}
      onClear={() => (wanted === null ? bind(chosen, null) : hand.stopWanting())}
    />
  );
}

function BuiltInAgain({ onPress }: { readonly onPress: () => void }) {
  const { t } = useTranslation();
  return (
    <div>
      <ActionButton rank="quiet" icon={<IconRestore aria-hidden="true" />} onPress={onPress}>
        {t('keysPage.builtIn')}
      </ActionButton>
    </div>
  );
}

type PageTabsProps = {
  readonly pages: Pages;
  readonly at: number;
  readonly onPage: (page: number) => void;
  readonly onAdd: () => void;
};

function PageTabs({ pages, at, onPage, onAdd }: PageTabsProps) {
  const { t } = useTranslation();
  return (
    <fieldset className={styles.tabs} aria-label={t('keysPage.pages')}>
      {pages.map((page, index) => (
        <button
          // biome-ignore lint/suspicious/noArrayIndexKey: a page is its number
          key={index}
          type="button"
          className={styles.tab}
          aria-pressed={index === at}
          onClick={() => onPage(index)}
        >
          {page.name || t('keysPage.page', { page: index + 1 })}
        </button>
      ))}
      {pages.length < pagesMax && (
        <button
          type="button"
          className={styles.addPage}
          aria-label={t('keysPage.addPage')}
          title={t('keysPage.addPage')}
          onClick={onAdd}
        >
          <IconPlus size={16} aria-hidden="true" />
        </button>
      )}
    </fieldset>
  );
}
