import { isOurs } from './app-origin.ts';

/** A navigation as `will-navigate`, `will-frame-navigate` and `will-redirect` tell it. */
export type NavigationAsked = {
  readonly url: string;
  readonly isMainFrame: boolean;
  /** Where the window is now; empty before its first page. */
  readonly present: string;
};

/**
 * A window may only reload the page it shows: same origin, same path. The desk never turns into the phone, a dropped
 * file, a link or a redirect leads nowhere, and no frame inside a page navigates at all.
 */
export function mayNavigate(asked: NavigationAsked): boolean {
  if (!asked.isMainFrame || !isOurs(asked.url) || !isOurs(asked.present)) return false;
  return new URL(asked.url).pathname === new URL(asked.present).pathname;
}

/** No page opens a window; ours are made by the main process. For `setWindowOpenHandler`. */
export function refuseWindow(): { readonly action: 'deny' } {
  return { action: 'deny' };
}
