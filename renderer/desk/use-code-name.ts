import { useTranslation } from 'react-i18next';
import { useSeat } from './use-seat.ts';

/** A work code's name in the page's language; a code that is no longer in the list is shown as it stands in the log. */
export function useCodeName(): (code: string) => string {
  const { i18n } = useTranslation();
  const codes = useSeat((view) => view.settings.workCodes);
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  return (code) => codes.find((known) => known.code === code)?.name[language] ?? code;
}
