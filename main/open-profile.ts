import { type NotOpened, type OpenRequest, openProfileIn, type Profile } from './profile-in-folder.ts';
import { bringLeftHome, openStandIn } from './stand-in.ts';
import { profilePaths } from './store/profile-paths.ts';
import { leftStandIn, seatFolder, standInFor } from './store/seat-folder.ts';
import { storeError } from './store/store-error.ts';

/** The profile, or the sentences that say why not and what to do. */
export type ProfileOutcome =
  | { readonly kind: 'open'; readonly profile: Profile }
  | { readonly kind: 'refused'; readonly message: string; readonly detail: string };

/**
 * Opens a profile folder. Both shells use it, each with its own keeper of the key. When the disk takes nothing
 * (read-only, full, failing) the seat works on a stand-in of the profile, told to the agent, and what is written there
 * comes home as soon as the disk takes it.
 */
export async function openProfile(options: OpenRequest): Promise<ProfileOutcome> {
  const folder = seatFolder(options.directory);
  if (folder.kind === 'stand-in') return openStandIn(folder.directory, folder.why, options);
  if (folder.kind === 'none') return refused(storeError('cannot-open', options.directory, folder.why));
  const left = leftStandIn(options.directory);
  if (left !== null) await bringLeftHome(left, options);
  const opened = await openProfileIn(profilePaths(options.directory), options);
  if (opened.kind === 'open') return { kind: 'open', profile: opened.profile };
  const standIn = opened.isOfDisk ? standInFor(options.directory, opened.detail) : null;
  return standIn?.kind === 'stand-in' ? openStandIn(standIn.directory, standIn.why, options) : refused(opened);
}

function refused({ message, detail }: Pick<NotOpened, 'message' | 'detail'>): ProfileOutcome {
  return { kind: 'refused', message, detail };
}
