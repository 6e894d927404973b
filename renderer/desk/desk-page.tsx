import type { i18n } from 'i18next';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import { I18nextProvider, useTranslation } from 'react-i18next';
import { KitProvider } from '../kit/kit-provider.tsx';
import { SignInScreen } from '../sign-in/sign-in-screen.tsx';
import { useNeedsSignIn } from '../sign-in/use-needs-sign-in.ts';
import { languageFor } from '../words/words.ts';
import type { SeatStore } from './seat-store.ts';
import styles from './shell.module.css';
import { Shell } from './shell.tsx';
import { SlimBar } from './slim-bar.tsx';
import type { DeskShape } from './start-desk.tsx';
import { SeatContext, useHasView } from './use-seat.ts';

type DeskPageProps = { readonly store: SeatStore; readonly words: i18n; readonly shape: DeskShape };

/** Everything a person sees: look, words and store around the shell. */
export function DeskPage({ store, words, shape }: DeskPageProps) {
  const theme = useSyncExternalStore(store.watch, () => store.seat()?.view.settings.theme ?? 'auto');
  const setting = useSyncExternalStore(store.watch, () => store.seat()?.view.settings.language ?? 'auto');
  const language = languageFor(setting, navigator.language);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    void words.changeLanguage(language);
  }, [language, words]);
  return (
    <SeatContext value={store}>
      <I18nextProvider i18n={words}>
        <KitProvider theme={theme}>
          <Opened shape={shape} />
        </KitProvider>
      </I18nextProvider>
    </SeatContext>
  );
}

function Opened({ shape }: { readonly shape: DeskShape }) {
  const hasView = useHasView();
  if (!hasView) return <Starting />;
  return shape === 'bar' ? <SlimBar /> : <Page />;
}

function Page() {
  const signedOut = useNeedsSignIn();
  return signedOut === null ? <Shell /> : <SignInScreen signedOut={signedOut} />;
}

function Starting() {
  const { t } = useTranslation();
  return (
    <main className={styles.starting}>
      <h1>{t('app.name')}</h1>
      <p>{t('app.starting')}</p>
    </main>
  );
}
