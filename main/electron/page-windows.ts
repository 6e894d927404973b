import type { ConsolePage } from '../../core/carrier-frame.ts';
import { appOrigin } from './app-origin.ts';

/** The windows of a seat. Two of them show the desk page: whole, and as the slim bar. */
export type SeatWindow = 'phone' | 'desk' | 'bar';

/** Where each window starts and stays. The phone is told that the desk has a window of its own (renderer/phone/main.ts). */
export const windowAddress: Readonly<Record<SeatWindow, string>> = {
  phone: `${appOrigin}/phone/index.html?shell=electron`,
  desk: `${appOrigin}/desk/index.html`,
  bar: `${appOrigin}/desk/index.html?bar`,
};

/** As which page a window may speak to the seat process. Decided by the window, never by what the page says of itself. */
export const pageOfWindow: Readonly<Record<SeatWindow, ConsolePage>> = { phone: 'phone', desk: 'desk', bar: 'desk' };

/**
 * The desk's address with a number to be dialled (renderer/desk/route.ts: what is chosen on the screen `desk`), which the
 * page shows and a person dials or does not. Only the part behind `#` changes, so the page is not loaded anew and a call
 * in progress notices nothing.
 */
export function deskAddressToDial(number: string): string {
  return `${windowAddress.desk}#/desk/${encodeURIComponent(number)}`;
}
