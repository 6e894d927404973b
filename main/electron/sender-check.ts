import { isOurs } from './app-origin.ts';

/** What an `ipcMain` event shows of who sent it. Frames are compared by identity. */
export type Sender = {
  readonly senderFrame: { readonly url: string } | null;
  readonly sender: { readonly mainFrame: unknown };
};

/** Who may speak: the main frame of a page of ours. A frame inside it, another origin or a frame already gone may not. */
export function isTrustedSender(event: Sender): boolean {
  const frame = event.senderFrame;
  return frame !== null && frame === event.sender.mainFrame && isOurs(frame.url);
}
