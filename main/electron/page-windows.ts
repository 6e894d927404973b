import type { ConsolePage } from '../../core/carrier-frame.ts';
import { appOrigin } from './app-origin.ts';

/** The windows of a seat. Two of them show the desk page: whole, and as the slim bar. */
export type SeatWindow = 'phone' | 'desk' | 'bar';

/** Where each window starts and stays. */
export const windowAddress: Readonly<Record<SeatWindow, string>> = {
  phone: `${appOrigin}/phone/index.html`,
  desk: `${appOrigin}/desk/index.html`,
  bar: `${appOrigin}/desk/index.html?bar`,
};

/** As which page a window may speak to the seat process. Decided by the window, never by what the page says of itself. */
export const pageOfWindow: Readonly<Record<SeatWindow, ConsolePage>> = { phone: 'phone', desk: 'desk', bar: 'desk' };

/**
 * The desk's address with a number to be dialled, which the page shows and a person confirms. Only the part behind `#`
 * changes, so the page is not loaded anew and a call in progress notices nothing.
 */
export function deskAddressToDial(number: string): string {
  return `${windowAddress.desk}#dial=${encodeURIComponent(number)}`;
}
