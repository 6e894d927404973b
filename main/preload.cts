/**
 * Hands a page its port to the seat process, and nothing else: no name is put into the page's world. The page posts
 * `portWanted` to itself (core/carrier-frame.ts), the main process decides who may have a port, and the port arrives
 * as `portHere`. Runs sandboxed, bundled into one CommonJS file.
 */
const { ipcRenderer }: typeof import('electron') = require('electron');
const { portHere, portWanted }: typeof import('../core/carrier-frame.ts') = require('../core/carrier-frame.ts');
const { portChannel }: typeof import('./electron/page-link.ts') = require('./electron/page-link.ts');

/** The part of the page's window that is used; this room has no DOM typings. */
declare const window: {
  addEventListener(
    event: 'message',
    listener: (event: { readonly source: unknown; readonly data: unknown }) => void,
  ): void;
  postMessage(message: unknown, origin: string, ports: readonly unknown[]): void;
  readonly location: { readonly origin: string };
};

window.addEventListener('message', (event) => {
  // A frame inside the page could post the same word.
  if (event.source === window && event.data === portWanted) ipcRenderer.send(portChannel);
});

ipcRenderer.on(portChannel, (event) => {
  window.postMessage(portHere, window.location.origin, event.ports);
});
