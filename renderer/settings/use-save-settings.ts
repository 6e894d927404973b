import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../core/settings.ts';
import { useSeat, useSeatStore } from '../desk/use-seat.ts';

/** How the last saving went; `why` is a sentence for the person. */
export type SaveState =
  | { readonly kind: 'untouched' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'saved' }
  | { readonly kind: 'refused'; readonly why: string };

export type SaveSettings = {
  readonly state: SaveState;
  /** Saves the present settings with a change. `password`: null keeps the stored one. True if it was saved. */
  readonly save: (change: Partial<Settings>, password?: string | null) => Promise<boolean>;
  readonly openSeatFile: (text: string) => Promise<boolean>;
};

/** Saving, with its outcome in words. What is shown changes when the feed says so, not before. */
export function useSaveSettings(): SaveSettings {
  const { t } = useTranslation();
  const store = useSeatStore();
  const settings = useSeat((view) => view.settings);
  const [state, setState] = useState<SaveState>({ kind: 'untouched' });
  const follow = async (answer: Promise<{ kind: 'saved' } | { kind: 'refused'; why: string }> | undefined) => {
    if (answer === undefined) {
      setState({ kind: 'refused', why: t('settings.noLink') });
      return false;
    }
    setState({ kind: 'saving' });
    try {
      const outcome = await answer;
      setState(
        outcome.kind === 'saved' ? outcome : { kind: 'refused', why: t('settings.notSaved', { why: outcome.why }) },
      );
      return outcome.kind === 'saved';
    } catch (error) {
      setState({ kind: 'refused', why: t('settings.notSaved', { why: String(error) }) });
      return false;
    }
  };
  return {
    state,
    save: (change, password = null) => follow(store.console()?.desk.saveSettings({ ...settings, ...change, password })),
    openSeatFile: (text) => follow(store.console()?.desk.openSeatFile({ text })),
  };
}
