import { MantineProvider } from '@mantine/core';
import { type ReactNode, useLayoutEffect, useSyncExternalStore } from 'react';
import type { Settings } from '../../core/settings.ts';
import { theme } from './theme.ts';

type KitProviderProps = { readonly theme: Settings['theme']; readonly children: ReactNode };

/** Puts the look on the page: tokens by `data-theme` on the root, Mantine's behaviour inside. */
export function KitProvider({ theme: setting, children }: KitProviderProps) {
  const shown = useShownTheme(setting);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = shown;
  }, [shown]);
  return (
    <MantineProvider
      theme={theme}
      forceColorScheme={shown === 'dark' ? 'dark' : 'light'}
      withCssVariables={false}
      withGlobalClasses={false}
    >
      {children}
    </MantineProvider>
  );
}

/** The theme to draw: what was chosen, or what the system prefers. */
export type ShownTheme = 'light' | 'dark' | 'high-contrast';

/** What the system prefers now. */
export function systemTheme(): ShownTheme {
  if (matchMedia('(prefers-contrast: more)').matches) return 'high-contrast';
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function useShownTheme(setting: Settings['theme']): ShownTheme {
  const system = useSyncExternalStore(watchSystemTheme, systemTheme);
  return setting === 'auto' ? system : setting;
}

function watchSystemTheme(changed: () => void): () => void {
  const queries = ['(prefers-color-scheme: dark)', '(prefers-contrast: more)'].map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener('change', changed);
  return () => {
    for (const query of queries) query.removeEventListener('change', changed);
  };
}
