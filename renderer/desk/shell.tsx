import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordingPlacesProvider } from '../calls/use-recording-place.tsx';
import { SignInFirst } from '../sign-in/sign-in-first.tsx';
import { SignInStrip } from '../sign-in/sign-in-strip.tsx';
import { useAccess } from '../sign-in/use-access.ts';
import { CallCard } from './call-card.tsx';
import { cardCalls } from './card-calls.ts';
import { Home } from './home.tsx';
import { IncomingNotification } from './incoming-notification.tsx';
import { LightStrips } from './light-strips.tsx';
import { Notices } from './notices.tsx';
import { Rail } from './rail.tsx';
import { useScreen } from './route.ts';
import { ScreenGuard } from './screen-guard.tsx';
import styles from './shell.module.css';
import { TopBar } from './top-bar.tsx';
import { useCallerHistory } from './use-caller-history.ts';
import { useSeat } from './use-seat.ts';

// What isn't needed to take a call is fetched after the card stands.
const Calls = lazy(() => import('../calls/calls-screen.tsx'));
const Devices = lazy(() => import('../devices/devices-screen.tsx'));
const Keys = lazy(() => import('../keys/keys-screen.tsx'));
const SwitchLog = lazy(() => import('../switch-log/switch-log-screen.tsx'));
const Texts = lazy(() => import('../texts/texts-screen.tsx'));
const Settings = lazy(() => import('../settings/settings-screen.tsx'));

/** The places of the console, which never change: rail, top bar, work area, call card. */
export function Shell() {
  const { t } = useTranslation();
  const calls = useSeat((view) => view.calls);
  const { first, others } = useMemo(() => cardCalls(calls), [calls]);
  const history = useCallerHistory(first);
  return (
    <RecordingPlacesProvider>
      <div className={styles.shell}>
        <a className={styles.skip} href="#card">
          {t('app.skipToCard')}
        </a>
        <Rail />
        <TopBar />
        <main className={styles.work}>
          <SignInStrip />
          <LightStrips />
          <Work call={first} history={history} />
          <Notices />
        </main>
        <CallCard first={first} others={others} history={history} />
        <IncomingNotification calls={calls} />
      </div>
    </RecordingPlacesProvider>
  );
}

type WorkProps = {
  readonly call: ReturnType<typeof cardCalls>['first'];
  readonly history: ReturnType<typeof useCallerHistory>;
};

function Work({ call, history }: WorkProps) {
  const screen = useScreen();
  const isOpen = useAccess() === 'open';
  return (
    <div className={styles.screen}>
      <ScreenGuard key={isOpen ? screen : 'sign-in-first'}>
        <Suspense>{isOpen ? <Screen screen={screen} call={call} history={history} /> : <SignInFirst />}</Suspense>
      </ScreenGuard>
    </div>
  );
}

function Screen({ screen, call, history }: WorkProps & { readonly screen: ReturnType<typeof useScreen> }) {
  switch (screen) {
    case 'desk':
      return <Home call={call} history={history} />;
    case 'calls':
      return <Calls />;
    case 'switch-log':
      return <SwitchLog />;
    case 'texts':
      return <Texts />;
    case 'devices':
      return <Devices />;
    case 'keys':
      return <Keys />;
    case 'settings':
      return <Settings />;
  }
}
