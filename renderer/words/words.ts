import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Settings } from '../../core/settings.ts';
import en from './en.json' with { type: 'json' };
import zhCn from './zh-CN.json' with { type: 'json' };

/** The languages the console speaks; both are first languages. */
export type Language = 'zh-CN' | 'en';

/**
 * A fresh set of words in one language. Both languages are in the page, so a change is instant and needs no network.
 * Nothing is escaped here: React puts every sentence on the page as text.
 */
export function startWords(language: Language): i18n {
  const words = i18next.createInstance();
  void words.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    initAsync: false,
    resources: { en: { translation: en }, 'zh-CN': { translation: zhCn } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  return words;
}

/** Which language a setting means on this machine: `auto` follows the system, any Chinese means zh-CN. */
export function languageFor(setting: Settings['language'], systemLanguage: string): Language {
  if (setting !== 'auto') return setting;
  return systemLanguage.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}
