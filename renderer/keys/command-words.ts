import { useTranslation } from 'react-i18next';
import { assertNever } from '../../core/assert-never.ts';
import type { KeyCommand } from '../../core/key-command.ts';
import type { KeyFace } from '../../core/key-face.ts';
import { grouped } from '../../core/phone-number.ts';
import { useCodeName } from '../desk/use-code-name.ts';

/** A command in words: short for a key, whole for a sentence; `number` where it has one. */
export type CommandWords = { readonly caption: string; readonly whole: string; readonly icon: KeyFace['icon'] };

/** What each command is called. */
export function useCommandWords(): (command: KeyCommand) => CommandWords {
  const { t } = useTranslation();
  const codeName = useCodeName();
  const called = (what: string, name: string, number: string): Omit<CommandWords, 'icon'> => ({
    caption: name || grouped(number),
    whole: `${what} ${grouped(number)}${name === '' ? '' : ` · ${name}`}`,
  });
  const same = (text: string): Omit<CommandWords, 'icon'> => ({ caption: text, whole: text });
  return (command) => {
    switch (command.do) {
      case 'answer':
      case 'decline':
      case 'hang-up':
      case 'hold':
      case 'swap':
      case 'mute':
      case 'talk':
      case 'redial':
      case 'ready':
      case 'sign-out':
        return { ...same(t(`keysPage.do.${command.do}`)), icon: command.do };
      case 'dial':
      case 'park':
        return { ...called(t(`keysPage.do.${command.do}`), command.name, command.number), icon: command.do };
      case 'message-waiting':
        return { ...called(t('keysPage.do.message-waiting'), command.name, command.number), icon: 'message' };
      case 'digits':
        return { ...called(t('keysPage.do.digits'), '', command.digits), caption: command.digits, icon: 'digits' };
      case 'not-ready': {
        const reason = t(`reason.${command.reason}`);
        return { caption: reason, whole: t('keysPage.notReady', { reason }), icon: 'not-ready' };
      }
      case 'work-code': {
        const code = codeName(command.code);
        return { caption: code, whole: t('keysPage.workCode', { code }), icon: 'work-code' };
      }
      case 'volume':
        return { ...same(t(`keysPage.do.volume-${command.change}`)), icon: `volume-${command.change}` };
      case 'page':
        return { ...same(t('keysPage.page', { page: command.page + 1 })), icon: 'page' };
      default:
        return assertNever(command);
    }
  };
}
