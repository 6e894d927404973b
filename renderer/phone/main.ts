import '../kit/no-eval.ts';
import { connectConsole } from '../console-link.ts';
import { startPhone } from './phone-page.ts';

/**
 * Where the phone page begins. `?shell=browser` (the default): this outer document also holds the desk page as a frame, so
 * that the desk can reload and the call goes on. `?shell=electron`: a hidden window of its own, no frame.
 */
const shell = new URLSearchParams(location.search).get('shell') ?? 'browser';
const phone = startPhone(connectConsole());

/** Sound needs a gesture in some browsers: the first touch in either document counts. */
function listenForGesture(target: Document): void {
  for (const gesture of ['pointerdown', 'keydown']) {
    target.addEventListener(gesture, () => phone.allowed(), { capture: true, passive: true });
  }
}

listenForGesture(document);
if (shell === 'browser') {
  const desk = document.createElement('iframe');
  desk.src = `/desk/${location.hash}`;
  desk.title = 'Hookline';
  desk.allow = 'fullscreen';
  desk.addEventListener('load', () => {
    if (desk.contentDocument !== null) listenForGesture(desk.contentDocument);
    desk.contentWindow?.focus();
  });
  document.body.append(desk);
}
