import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyBindings } from '../../core/key-command.ts';
import { useSeatStore } from '../desk/use-seat.ts';

/** How many steps can be taken back: an afternoon of trying things out. */
const undoMax = 50;

/** How the last saving went. */
export type KeysSaving =
  | { readonly kind: 'untouched' | 'saving' | 'saved' | 'undone' }
  | { readonly kind: 'refused'; readonly why: string };

export type SaveBindings = {
  readonly state: KeysSaving;
  /** How many steps can be undone. */
  readonly undoable: number;
  /** Saves the whole file with a change; true if it was saved. Changes wait for each other. */
  readonly change: (next: (now: KeyBindings) => KeyBindings) => Promise<boolean>;
  readonly undo: () => Promise<boolean>;
  /** The whole file as it is, null when it cannot be had. */
  readonly present: () => Promise<KeyBindings | null>;
};

/** Saves bindings as they are changed. What is shown changes when the feed says so, not before. */
export function useBindings(): SaveBindings {
  const { t } = useTranslation();
  const store = useSeatStore();
  const [state, setState] = useState<KeysSaving>({ kind: 'untouched' });
  const [undoable, setUndoable] = useState(0);
  const before = useRef<KeyBindings[]>([]);
  const last = useRef<Promise<unknown>>(Promise.resolve());
  const inTurn = (work: () => Promise<boolean>): Promise<boolean> => {
    const done = last.current.then(work, work);
    last.current = done;
    return done;
  };
  const save = async (
    next: (now: KeyBindings) => KeyBindings,
    told: 'saved' | 'undone',
    keep: (now: KeyBindings) => void,
  ): Promise<boolean> => {
    const equipment = store.console()?.equipment;
    if (equipment === undefined) {
      setState({ kind: 'refused', why: t('settings.noLink') });
      return false;
    }
    setState({ kind: 'saving' });
    try {
      const now = await equipment.bindings();
      const outcome = await equipment.saveBindings(next(now));
      if (outcome.kind === 'done') keep(now);
      setUndoable(before.current.length);
      setState(
        outcome.kind === 'done'
          ? { kind: told }
          : { kind: 'refused', why: t('settings.notSaved', { why: outcome.why }) },
      );
      return outcome.kind === 'done';
    } catch (error) {
      setState({ kind: 'refused', why: t('settings.notSaved', { why: String(error) }) });
      return false;
    }
  };
  const change = (next: (now: KeyBindings) => KeyBindings): Promise<boolean> =>
    inTurn(() => save(next, 'saved', (now) => (before.current = [...before.current, now].slice(-undoMax))));
  const undo = (): Promise<boolean> =>
    inTurn(async () => {
      const to = before.current.at(-1);
      if (to === undefined) return false;
      return save(
        () => to,
        'undone',
        () => (before.current = before.current.slice(0, -1)),
      );
    });
  const present = async (): Promise<KeyBindings | null> => {
    try {
      return (await store.console()?.equipment.bindings()) ?? null;
    } catch (error) {
      setState({ kind: 'refused', why: String(error) });
      return null;
    }
  };
  return { state, undoable, change, undo, present };
}
