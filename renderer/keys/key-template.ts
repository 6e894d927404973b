import { notReadyReason } from '../../core/agent.ts';
import { type KeyCommand, keyCommand } from '../../core/key-command.ts';
import type { WorkCode } from '../../core/work-code.ts';

/** What is asked of a person before such a command can be put on a key. */
export type TypedCommand = 'dial' | 'park' | 'digits' | 'message-waiting';

/** A thing of the palette: a whole command, or one that wants a number first. */
export type KeyTemplate =
  | { readonly kind: 'whole'; readonly command: KeyCommand }
  | { readonly kind: 'typed'; readonly do: TypedCommand };

export type PaletteGroup = {
  readonly title: 'calls' | 'numbers' | 'state' | 'codes' | 'pages';
  readonly templates: readonly KeyTemplate[];
};

const callCommands: readonly KeyCommand[] = [
  { do: 'answer' },
  { do: 'hang-up' },
  { do: 'hold' },
  { do: 'swap' },
  { do: 'mute' },
  { do: 'talk' },
  { do: 'decline' },
  { do: 'redial' },
  { do: 'volume', change: 'down' },
  { do: 'volume', change: 'up' },
];

/** Everything a key can do on this seat. Pages are offered where a panel has more than one. */
export function paletteGroups(workCodes: readonly WorkCode[], pages: number): readonly PaletteGroup[] {
  const whole = (command: KeyCommand): KeyTemplate => ({ kind: 'whole', command });
  const groups: readonly PaletteGroup[] = [
    { title: 'calls', templates: callCommands.map(whole) },
    {
      title: 'numbers',
      templates: (['dial', 'park', 'digits', 'message-waiting'] as const).map((what) => ({ kind: 'typed', do: what })),
    },
    {
      title: 'state',
      templates: [
        whole({ do: 'ready' }),
        ...notReadyReason.options.map((reason) => whole({ do: 'not-ready', reason })),
        whole({ do: 'sign-out' }),
      ],
    },
    { title: 'codes', templates: workCodes.map(({ code }) => whole({ do: 'work-code', code })) },
    {
      title: 'pages',
      templates: pages < 2 ? [] : Array.from({ length: pages }, (_, page) => whole({ do: 'page', page })),
    },
  ];
  return groups.filter(({ templates }) => templates.length > 0);
}

/** One text a template: what a drag carries. */
export function templateId(template: KeyTemplate): string {
  return template.kind === 'typed' ? template.do : JSON.stringify(template.command);
}

/** What is typed for a command that wants a number. */
export type TypedDraft = { readonly do: TypedCommand; readonly number: string; readonly name: string };

/** The command a draft makes; null while the number is none. */
export function commandOf({ do: what, number, name }: TypedDraft): KeyCommand | null {
  const typed = number.trim();
  const made = keyCommand.safeParse(
    what === 'digits' ? { do: what, digits: typed } : { do: what, number: typed, name: name.trim() },
  );
  return made.success ? made.data : null;
}

/** What somebody typed for a command that is on a key; null for one without a number. */
export function draftOf(command: KeyCommand): TypedDraft | null {
  switch (command.do) {
    case 'dial':
    case 'park':
    case 'message-waiting':
      return { do: command.do, number: command.number, name: command.name };
    case 'digits':
      return { do: command.do, number: command.digits, name: '' };
    default:
      return null;
  }
}
