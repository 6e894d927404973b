import type { SignInView } from '../../core/sign-in-api.ts';
import { useSeat } from '../desk/use-seat.ts';
import { useAccess } from './use-access.ts';

/**
 * Whether the page is for signing in and nothing else. Not while a call is up or its work is open: that is finished on
 * the desk, whoever is signed out meanwhile.
 */
export function useNeedsSignIn(): Extract<SignInView, { kind: 'signed-out' }> | null {
  const signIn = useSeat((view) => view.signIn);
  const access = useAccess();
  return signIn.kind === 'signed-out' && access === 'locked' ? signIn : null;
}
