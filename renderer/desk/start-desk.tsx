import '../kit/mantine.css';
import '../kit/tokens.css';
import '../kit/base.css';
import { createRoot, type Root } from 'react-dom/client';
import { systemTheme } from '../kit/kit-provider.tsx';
import { refuseMarkup } from '../kit/trusted-types.ts';
import { languageFor, startWords } from '../words/words.ts';
import { DeskPage } from './desk-page.tsx';
import { type DeskLink, SeatStore } from './seat-store.ts';

/** The whole desk, or the slim bar that stays on top of other windows (480 x 64). */
export type DeskShape = 'desk' | 'bar';

/** Draws the desk page into an element and follows the link for as long as the page lives. */
export function startDesk(place: HTMLElement, link: DeskLink, shape: DeskShape): Root {
  refuseMarkup(window);
  document.documentElement.dataset.theme = systemTheme();
  const words = startWords(languageFor('auto', navigator.language));
  const store = new SeatStore(Date.now);
  store.follow(link);
  const root = createRoot(place);
  root.render(<DeskPage store={store} words={words} shape={shape} />);
  return root;
}
