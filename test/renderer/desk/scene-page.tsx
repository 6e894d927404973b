import '../../../renderer/kit/no-eval.ts';
import { startDesk } from '../../../renderer/desk/start-desk.tsx';
import { FakeConsole } from './fake-console.ts';
import { scenesAt } from './scenes.ts';

/** The real desk page on a fake seat: `?scene=ringing&lang=en&theme=dark`. The seat hangs on `window.seat` for tests. */
const asked = new URLSearchParams(location.search);
const at = Date.now();
const language = asked.get('lang') === 'en' ? 'en' : 'zh-CN';
const scene = scenesAt(at, language)[asked.get('scene') ?? 'idle'];
const place = document.getElementById('desk');
if (scene === undefined || place === null) throw new Error('no such scene');

const theme = (['dark', 'high-contrast', 'auto'] as const).find((each) => each === asked.get('theme')) ?? 'light';
const seat = new FakeConsole(
  { ...scene.view, settings: { ...scene.view.settings, language, theme } },
  scene.rowCount ?? 60,
  at,
);
if (scene.hash !== undefined && location.hash === '') location.hash = scene.hash;

type Listener = (console: FakeConsole['console'] | null) => void;
const listeners = new Set<Listener>();
const link = {
  watch(listener: Listener) {
    listeners.add(listener);
    listener(seat.console);
    return () => listeners.delete(listener);
  },
  set(isUp: boolean) {
    for (const listener of listeners) listener(isUp ? seat.console : null);
  },
};

Object.assign(window, { seat, link });
startDesk(place, link, scene.isBar === true ? 'bar' : 'desk');
if (scene.isLost === true) setTimeout(() => link.set(false), 300);
setTimeout(() => {
  for (const notice of scene.notices ?? []) seat.notify(notice);
}, 100);
if (scene.isDataAsked === true) setTimeout(pressDataLight, 100);
if (scene.pressed !== undefined) pressUntilHeard(scene.pressed, 50);

/** The last of the three lights, as soon as it is drawn. */
function pressDataLight(): void {
  const lights = document.querySelectorAll<HTMLButtonElement>('header fieldset button');
  const light = lights.item(lights.length - 1);
  if (light === null) setTimeout(pressDataLight, 100);
  else light.click();
}

/** A page listens some time after it is drawn: pressed until the screen is another, a few seconds at most. */
function pressUntilHeard(key: string, times: number): void {
  const title = (): string | null => document.querySelector('#desk main h1')?.textContent ?? null;
  const before = title();
  if (before !== null) dispatchEvent(new KeyboardEvent('keydown', { key }));
  setTimeout(() => {
    if ((before === null || title() === before) && times > 1) pressUntilHeard(key, times - 1);
  }, 100);
}
