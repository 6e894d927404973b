import type { SeatView } from '../../../core/console-api.ts';
import type { SignInRefusal } from '../../../core/sign-in-api.ts';
import type { DeskConsole } from '../../../renderer/desk/seat-store.ts';
import { signedInAs } from './sign-in-scenes.ts';

/** The room `signIn` of the fake seat: lets anybody in unless told otherwise, and writes down what was typed. */
export class FakeSignIn {
  readonly asked: { readonly login: string; readonly pin: string }[] = [];
  /** What an attempt comes to; null: signed in. `pending`: never answers. */
  refusal: SignInRefusal | 'pending' | 'throws' | null = null;
  readonly #show: (change: Partial<SeatView>) => void;

  constructor(show: (change: Partial<SeatView>) => void) {
    this.#show = show;
  }

  readonly room: DeskConsole['signIn'] = {
    enter: async (typed) => {
      this.asked.push(typed);
      if (this.refusal === 'pending') return new Promise(() => {});
      if (this.refusal === 'throws') throw new Error('the socket was closed');
      if (this.refusal !== null) return { kind: 'refused', refusal: this.refusal };
      const now = Date.now();
      this.#show({
        signIn: signedInAs(now, {}),
        agent: { choice: { kind: 'ready' }, activity: { kind: 'ready' }, sinceAt: now, cause: 'person' },
      });
      return { kind: 'signed-in' };
    },
  };
}
