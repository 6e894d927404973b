import type { ConsolePage } from '../../core/carrier-frame.ts';
import { isTrustedSender, type Sender } from './sender-check.ts';

/** The one channel of `ipcMain`: a page's preload asks for a port, and is answered with one on the same channel. */
export const portChannel = 'hookline:port';

/** The sending half of a page: its preload hears the channel. */
type PortReceiver<Port> = { postMessage(channel: string, message: unknown, ports: Port[]): void };

/** What linking pages needs. `pageOf` knows the contents of our own windows and no others. */
export type PageLink<Contents, Port> = {
  readonly pageOf: (contents: Contents) => ConsolePage | null;
  readonly makeChannel: () => { readonly port1: Port; readonly port2: Port };
  /** Gives one end to the seat process; `false` while there is none, so that the page asks again later. */
  readonly giveToSeat: (page: ConsolePage, port: Port) => boolean;
  readonly onRefused: (why: 'sender' | 'window') => void;
};

/**
 * Answers one request for a port: a new channel, one end to the seat process, the other to the page that asked. A page
 * asks again after the seat process was restarted. Whatever came with the request is not looked at: who asks is known
 * by its frame and its window.
 */
export function answerPortRequest<Contents extends PortReceiver<Port>, Port extends { close(): void }>(
  event: Sender & { readonly sender: Contents },
  link: PageLink<Contents, Port>,
): void {
  if (!isTrustedSender(event)) {
    link.onRefused('sender');
    return;
  }
  const page = link.pageOf(event.sender);
  if (page === null) {
    link.onRefused('window');
    return;
  }
  const { port1, port2 } = link.makeChannel();
  if (!link.giveToSeat(page, port1)) {
    port1.close();
    port2.close();
    return;
  }
  event.sender.postMessage(portChannel, null, [port2]);
}
