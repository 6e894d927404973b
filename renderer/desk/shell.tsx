import { lazy, Suspense, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { RecordingPlacesProvider } from '../calls/use-recording-place.tsx';
import { SignInStrip } from '../sign-in/sign-in-strip.tsx';
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
  return (
    <div className={styles.screen}>
      <ScreenGuard key={screen}>
        <Suspense>
          {screen === 'desk' && <Home call={call} history={history} />}
          {screen === 'calls' && <Calls />}
          {screen === 'switch-log' && <SwitchLog />}
          {screen === 'texts' && <Texts />}
          {screen === 'devices' && <Devices />}
          {screen === 'keys' && <Keys />}
          {screen === 'settings' && <Settings />}
        </Suspense>
      </ScreenGuard>
    </div>
  );
}
