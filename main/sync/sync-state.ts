import type { HubView } from '../../core/hub-view.ts';
import type { PullState } from './pull.ts';
import type { PushState } from './push.ts';

type SyncState = {
  readonly state: Extract<HubView, { kind: 'enrolled' }>['state'];
  readonly detail: string;
};

/** What the desk shows of push and pull together: the worse of the two. `waiting`: entries not acknowledged. */
export function syncStateOf(push: PushState, pull: PullState, waiting: number): SyncState {
  if (push.kind === 'forked') return { state: 'forked', detail: push.detail };
  for (const each of [push, pull]) if (each.kind === 'refused') return { state: 'refused', detail: each.detail };
  for (const each of [push, pull]) if (each.kind === 'away') return { state: 'away', detail: each.detail };
  const detail = pull.kind === 'not-kept' ? pull.detail : '';
  const isBusy = waiting > 0 || push.kind !== 'in-step' || pull.kind !== 'in-step';
  return { state: isBusy ? 'catching-up' : 'in-step', detail };
}
