import type { AgentChoice } from './agent.ts';
import { assertNever } from './assert-never.ts';
import type { KeyCommand, PanelPage } from './key-command.ts';
import type { WorkCode } from './work-code.ts';

/** What captions need to know: the language of the seat, its own names, and the panel the key is on. */
export type CaptionWords = {
  readonly language: 'en' | 'zh-CN';
  readonly workCodes: readonly WorkCode[];
  readonly pages: readonly PanelPage[];
};

type Reason = Extract<AgentChoice, { kind: 'not-ready' }>['reason'];
type Plain = Exclude<
  KeyCommand['do'],
  'dial' | 'digits' | 'park' | 'not-ready' | 'work-code' | 'volume' | 'message-waiting' | 'page'
>;

/** Short enough for a key of 72 pixels; the terms of domain.md. */
const plain: Record<CaptionWords['language'], Record<Plain, string>> = {
  en: {
    answer: 'Answer',
    decline: 'Decline',
    'hang-up': 'Hang up',
    hold: 'Hold',
    swap: 'Swap',
    mute: 'Mute',
    talk: 'Talk',
    redial: 'Redial',
    ready: 'Ready',
    'sign-out': 'Sign out',
  },
  'zh-CN': {
    answer: '接听',
    decline: '拒接',
    'hang-up': '挂断',
    hold: '保持',
    swap: '切换',
    mute: '静音',
    talk: '通话',
    redial: '重拨',
    ready: '示闲',
    'sign-out': '签出',
  },
};

const reasons: Record<CaptionWords['language'], Record<Reason, string>> = {
  en: { rest: 'Rest', lunch: 'Lunch', training: 'Training', meeting: 'Meeting', study: 'Study', other: 'Not ready' },
  'zh-CN': { rest: '小休', lunch: '就餐', training: '培训', meeting: '会议', study: '学习', other: '示忙' },
};

const others: Record<
  CaptionWords['language'],
  { readonly park: string; readonly up: string; readonly down: string; readonly page: (number: number) => string }
> = {
  en: { park: 'Park', up: 'Louder', down: 'Softer', page: (number) => `Page ${number}` },
  'zh-CN': { park: '驻留', up: '音量 +', down: '音量 −', page: (number) => `第 ${number} 页` },
};

/** The name of a key, in the language of the seat. What somebody called it comes first, then what it does. */
export function captionOf(command: KeyCommand, words: CaptionWords): string {
  const { language, workCodes, pages } = words;
  switch (command.do) {
    case 'dial':
    case 'message-waiting':
      return (command.name || command.number).slice(0, captionMax);
    case 'park':
      return (command.name || `${others[language].park} ${command.number}`).slice(0, captionMax);
    case 'digits':
      return command.digits;
    case 'not-ready':
      return reasons[language][command.reason];
    case 'work-code':
      return workCodes.find(({ code }) => code === command.code)?.name[language] ?? command.code;
    case 'volume':
      return others[language][command.change];
    case 'page':
      return pages[command.page]?.name || others[language].page(command.page + 1);
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
      return plain[language][command.do];
    default:
      return assertNever(command);
  }
}

/** As a face has it (key-face.ts). */
const captionMax = 60;
