import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Call } from '../../core/call.ts';
import { masked } from '../../core/phone-number.ts';

/**
 * Tells of a ringing call while the window is hidden. Others may see the screen, so the number is masked. It goes when
 * the ringing does. Silent: the ring is the phone page's.
 */
export function IncomingNotification({ calls }: { readonly calls: readonly Call[] }) {
  const { t } = useTranslation();
  const ringing = calls.find((call) => call.state.kind === 'ringing');
  const callId = ringing?.callId;
  const who = ringing === undefined ? '' : ringing.remote.displayName.trim() || masked(ringing.remote.number);
  const title = t('notification.title');
  const body = who || t('card.unknownCaller');
  useEffect(() => {
    if (callId === undefined || !document.hidden || !mayNotify()) return;
    const shown = new Notification(title, { body, tag: callId, silent: true, requireInteraction: true });
    shown.onclick = () => window.focus();
    return () => shown.close();
  }, [callId, title, body]);
  return null;
}

/** Whether the person has allowed notifications. */
function mayNotify(): boolean {
  return 'Notification' in window && Notification.permission === 'granted';
}
