import { useTranslation } from 'react-i18next';
import type { HubView, UploadsView } from '../../core/hub-view.ts';
import { useSeat } from '../desk/use-seat.ts';
import { useNow } from '../kit/clock.ts';
import { formatSince } from '../kit/when.ts';

/** A day's turn changes how "since" is written; it need not be looked for each second. */
const sinceStepMs = 60_000;

/** How the seat stands with its hub, in sentences: what is so and what still works. */
export function useHubSentence(): string {
  const { t, i18n } = useTranslation();
  const hub = useSeat((view) => view.hub);
  const hasSoundWaiting = useSeat((view) => view.uploads.waiting > 0);
  const now = useNow(sinceStepMs);
  if (hub.kind === 'none') return t('lights.says.data.saved');
  const since = formatSince(hub.sinceAt, now, i18n.language);
  if (hub.state === 'in-step' && hasSoundWaiting) return t('hub.says.in-step-log');
  return t(`hub.says.${hub.state}`, { since });
}

/** "214 lines, 12 recordings", without what is none; empty when nothing waits. */
export function useWhatWaits(): string {
  const { t } = useTranslation();
  const hub = useSeat((view) => view.hub);
  const uploads = useSeat((view) => view.uploads);
  const parts = [
    linesOf(hub) > 0 ? t('hub.lines', { count: linesOf(hub) }) : '',
    uploads.waiting > 0 ? t('hub.recordings', { count: uploads.waiting }) : '',
  ];
  return parts.filter((part) => part !== '').join(t('hub.and'));
}

function linesOf(hub: HubView): number {
  return hub.kind === 'enrolled' ? hub.waiting : 0;
}

/** Of the recording that goes up now, in whole percent; null while none does. */
export function percentOf({ current }: UploadsView): number | null {
  if (current === null || current.bytes <= 0) return null;
  return Math.min(100, Math.floor((100 * current.sentBytes) / current.bytes));
}
