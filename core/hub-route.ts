import { oc } from '@orpc/contract';
import { z } from 'zod';

/** What the routes of the hub's contract are made of: refusals, roles, pages. */

/** Who may hold a key of the hub. A seat is a machine; the others are people or programs that act for them. */
export const hubRole = z.enum(['seat', 'agent', 'attendant', 'supervisor', 'quality', 'administrator', 'auditor']);
export type HubRole = z.infer<typeof hubRole>;

/** A seat's own name, as it stands in each entry of its journal. */
export const seatName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

/** How many rows a page of a list may hold. */
export const pageRowsMax = 500;
/** How many rows a page shall hold. */
export const limit = z.coerce.number().int().min(1).max(pageRowsMax).default(100);
/** Where a page begins and how long it is. */
export const page = { after: z.string().max(200).optional(), limit };
/** How a person or a program is called in a list. */
export const personName = z.string().trim().min(1).max(120);
const refusals = {
  UNAUTHORIZED: { status: 401, message: 'No key, or one that is not valid.' },
  FORBIDDEN: { status: 403, message: 'The role of this key may not do this.' },
  TOO_MANY_ATTEMPTS: { status: 429, message: 'Too many failed attempts; see Retry-After.' },
  UNAVAILABLE: { status: 503, message: 'The hub cannot write now. Nothing was done; try again.' },
} as const;
/** The beginning of every route. */
export const hubRoute = oc.errors(refusals);
/** For routes with pages. */
export const badCursor = {
  BAD_CURSOR: { status: 410, message: 'This cursor is not of this hub. Begin without one.' },
} as const;
