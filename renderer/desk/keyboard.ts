/** What a key of the keyboard asks for, anywhere on the page. */
export type KeyWish =
  | { readonly kind: 'hook' }
  | { readonly kind: 'hold' }
  | { readonly kind: 'mute' }
  | { readonly kind: 'digit'; readonly digit: string }
  | { readonly kind: 'finish' }
  | { readonly kind: 'search' };

/** A key as it was pressed. `isTyping`: the focus is where characters go in. `isOnControl`: on a button, a list, a slider. */
export type KeyStroke = {
  readonly key: string;
  readonly hasModifier: boolean;
  readonly isRepeat: boolean;
  readonly isTyping: boolean;
  readonly isOnControl: boolean;
};

/**
 * The table of the console's keys. F8, F9 and F10 work everywhere, in a text field too: they write nothing. Everything
 * else works only where nobody types. A key held down counts once. Null: the key belongs to the page.
 */
export function wishOf(stroke: KeyStroke): KeyWish | null {
  if (stroke.isRepeat || stroke.hasModifier) return null;
  if (stroke.key === 'F8') return { kind: 'hook' };
  if (stroke.key === 'F9') return { kind: 'hold' };
  if (stroke.key === 'F10') return { kind: 'mute' };
  if (stroke.isTyping) return null;
  if (stroke.key === '/') return { kind: 'search' };
  if (/^[0-9*#]$/.test(stroke.key)) return { kind: 'digit', digit: stroke.key };
  if (stroke.key === 'Enter' && !stroke.isOnControl) return { kind: 'finish' };
  return null;
}

/** Reads a browser's key event as a stroke. */
export function strokeOf(event: KeyboardEvent): KeyStroke {
  const target = event.target instanceof Element ? event.target : null;
  return {
    key: event.key,
    hasModifier: event.ctrlKey || event.altKey || event.metaKey || event.isComposing,
    isRepeat: event.repeat,
    isTyping: target !== null && isTextField(target),
    isOnControl: target?.closest('button, a, input, select, [role], [tabindex]') != null,
  };
}

function isTextField(target: Element): boolean {
  if (target instanceof HTMLInputElement) return !untypedInputs.has(target.type);
  return target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}

const untypedInputs = new Set(['radio', 'checkbox', 'range', 'button', 'file', 'submit']);
