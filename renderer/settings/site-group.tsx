import { IconLogout, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HubView } from '../../core/hub-view.ts';
import { useSeat, useSeatStore } from '../desk/use-seat.ts';
import { ActionButton } from '../kit/action-button.tsx';
import { Fact, Facts } from '../kit/facts.tsx';
import { FieldGroup } from '../kit/field.tsx';
import { LightDot } from '../kit/light-dot.tsx';
import { WhenText } from '../kit/when-text.tsx';
import { UploadStatus } from '../site/upload-status.tsx';
import { useHubSentence, useWhatWaits } from '../site/use-hub-sentence.ts';
import { EnrolForm } from './enrol-form.tsx';
import { SetAsideList } from './set-aside-list.tsx';
import settings from './settings.module.css';
import styles from './site-group.module.css';
import { useEnrol } from './use-enrol.ts';

type Enrolled = Extract<HubView, { kind: 'enrolled' }>;

/** The hub of a site: joining it, and how the seat stands with it once it has. */
export function SiteGroup() {
  const { t } = useTranslation();
  const hub = useSeat((view) => view.hub);
  const enrol = useEnrol();
  return (
    <FieldGroup title={t('site.title')} place="site">
      {hub.kind === 'none' ? <p className={settings.quiet}>{t('site.about')}</p> : <Standing hub={hub} />}
      {/* A seat the hub does not know any more joins again without leaving first: what waits is sent then. */}
      {(hub.kind === 'none' || hub.state === 'refused') && <EnrolForm enrol={enrol} />}
      {hub.kind === 'enrolled' && <Leave />}
      <p className={styles.joined} role="status">
        {enrol.state.kind === 'joined' && hub.kind === 'enrolled' && t('site.joined')}
      </p>
    </FieldGroup>
  );
}

/** How a light shows each state of the hub: the same shapes as in the top bar. */
const lightOf = {
  'in-step': 'good',
  'catching-up': 'good',
  away: 'weak',
  refused: 'down',
  forked: 'down',
} as const satisfies Record<Enrolled['state'], string>;

function Standing({ hub }: { readonly hub: Enrolled }) {
  const { t } = useTranslation();
  const store = useSeatStore();
  const sentence = useHubSentence();
  const what = useWhatWaits();
  const hasUploads = useSeat((view) => view.uploads.state !== 'off');
  return (
    <>
      <div className={styles.state}>
        <LightDot state={lightOf[hub.state]} />
        <div>
          <p>{sentence}</p>
          {hub.detail !== '' && <small className={styles.detail}>{t('lights.detail', { detail: hub.detail })}</small>}
        </div>
      </div>
      <Facts columns="two">
        <Fact name={t('site.address')} span="all">
          {hub.address}
        </Fact>
        <Fact name={t('site.since')}>
          <WhenText at={hub.sinceAt} />
        </Fact>
        <Fact name={t('site.answered')}>
          {hub.answeredAt === null ? t('site.never') : <WhenText at={hub.answeredAt} />}
        </Fact>
        <Fact name={t('site.waits')}>{what === '' ? t('site.nothing') : what}</Fact>
        <Fact name={t('site.replica')}>
          {hub.replicaAt === null ? t('site.noReplica') : <WhenText at={hub.replicaAt} />}
        </Fact>
      </Facts>
      {hub.state !== 'in-step' && (
        <div>
          <ActionButton
            icon={<IconRefresh aria-hidden="true" />}
            onPress={() => store.wish('try-hub-now', (console) => console.hub.tryNow())}
          >
            {t('site.tryNow')}
          </ActionButton>
        </div>
      )}
      {hasUploads && <UploadStatus />}
      {hub.setAside > 0 && <SetAsideList count={hub.setAside} />}
    </>
  );
}

function Leave() {
  const { t } = useTranslation();
  const store = useSeatStore();
  const what = useWhatWaits();
  const [isAsking, setAsking] = useState(false);
  if (!isAsking)
    return (
      <div>
        <ActionButton icon={<IconLogout aria-hidden="true" />} onPress={() => setAsking(true)}>
          {t('site.leave')}
        </ActionButton>
      </div>
    );
  return (
    <fieldset className={styles.leave}>
      <legend>{t('site.leaveAsk')}</legend>
      <p>
        {t('site.leaveAbout')}
        {what !== '' && ` ${t('site.leaveWaits', { what })}`}
      </p>
      <div className={settings.row}>
        <ActionButton
          icon={<IconLogout aria-hidden="true" />}
          onPress={() => {
            setAsking(false);
            store.wish('leave-hub', (console) => console.hub.leave());
          }}
        >
          {t('site.leaveReally')}
        </ActionButton>
        <ActionButton rank="quiet" onPress={() => setAsking(false)}>
          {t('site.stay')}
        </ActionButton>
      </div>
    </fieldset>
  );
}
