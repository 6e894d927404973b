import { useTranslation } from 'react-i18next';
import { useNow } from './clock.ts';
import { formatExactly, formatMoment, whenOf } from './when.ts';

/** What is told in minutes need not be looked at each second: a list of these must cost nothing while nobody works. */
const agingStepMs = 15_000;

/** A moment as people say it, the exact one in its title. Drawn anew by itself as it ages. */
export function WhenText({ at }: { readonly at: number }) {
  const { t, i18n } = useTranslation();
  const now = useNow(agingStepMs);
  const when = whenOf(at, now);
  const said =
    when.kind === 'absolute'
      ? formatMoment(at, now, i18n.language)
      : when.kind === 'now'
        ? t('time.now')
        : t(`time.${when.kind}`, { count: when.count });
  return (
    <time dateTime={new Date(at).toISOString()} title={formatExactly(at, i18n.language)}>
      {said}
    </time>
  );
}
