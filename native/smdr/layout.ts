import { z } from 'zod';
import { isFormName } from './value-form.ts';

/**
 * A layout: how one switch prints its call log, as data (native/models/smdr/*.json, checked against this). No code and no
 * regular expression stands in it, so a layout somebody else wrote runs nothing, and how loosely it may ask for things
 * is limited, so that no line takes long.
 */

/** `name:form` or `name:{ONE,OTHER}`, `?` after it when it may be missing. Forms: value-form.ts. */
const valueText = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,30}:(?:[A-Za-z -]{1,24}|\{[^ {}]{1,80}\})\??$/)
  .refine((text) => {
    const formName = text.slice(text.indexOf(':') + 1).replace(/\?$/, '');
    return formName.startsWith('{') || isFormName(formName);
  }, 'names no form');

/** `12-16 name:form`: columns counted from 1, inclusive. */
const columnText = z
  .string()
  .regex(/^[0-9]{1,3}-[0-9]{1,3} /)
  .refine((text) => valueText.safeParse(text.slice(text.indexOf(' ') + 1)).success, 'is no column');

/** A value as in `valueText`; `+` before it: it may follow without a space; `=WORD`: just these characters. */
const partText = z
  .string()
  .refine(
    (text) => /^\+?=[^?]{1,40}\??$/.test(text) || valueText.safeParse(text.replace(/^\+/, '')).success,
    'is no part',
  );

/** Each text of any length multiplies the ways in which a line can be looked at. */
const freePartsMax = 3;
/** So does each value that may follow another without a space. */
const gluedPartsMax = 6;

const form = z.discriminatedUnion('kind', [
  /** Fixed columns; what lies between them must be blank. A shorter line is one whose end is blank. */
  z.object({
    kind: z.literal('columns'),
    columns: z.array(columnText).min(1).max(60),
    /** Columns after the last are kept in `details.rest` instead of being a reason to refuse. */
    hasRest: z.boolean().default(false),
  }),
  /** Values one after another with any number of spaces between them. */
  z.object({
    kind: z.literal('words'),
    parts: z
      .array(partText)
      .min(1)
      .max(30)
      .refine((parts) => parts.filter((part) => /:text\??$/.test(part)).length <= freePartsMax, 'has too many texts')
      .refine((parts) => parts.filter((part) => /^\+[^=]/.test(part)).length <= gluedPartsMax, 'glues too many parts'),
  }),
  /**
   * Columns as `head`, then sections one after another up to the end: two digits that say what it is, two that say how long
   * it is (`lengthAdds` more or less), and its own columns, counted from 1. Codes rise; a section nobody names is kept in
   * `details`. A line whose sections do not line up does not fit.
   */
  z.object({
    kind: z.literal('sections'),
    head: z.array(columnText).min(1).max(10),
    sections: z
      .array(
        z
          .object({
            code: z.string().regex(/^[0-9]{2}$/),
            lengthAdds: z.int().min(-4).max(4).default(0),
            columns: z.array(columnText).max(20),
          })
          .strict(),
      )
      .max(40),
  }),
  /** Values between commas; `"` quotes, `""` is a quote. Values after the last named are left in the text. */
  z.object({ kind: z.literal('csv'), values: z.array(valueText).min(1).max(60), valuesMin: z.number().int().min(1) }),
]);

const condition = z
  .object({
    value: z.string(),
    equals: z.array(z.string()).optional(),
    startsWith: z.string().min(1).optional(),
    contains: z.string().min(1).optional(),
    isThere: z.boolean().optional(),
    isZero: z.boolean().optional(),
  })
  .strict();

/** When every condition holds: move values about, then say what the record is. Rules are gone through in order. */
const rule = z
  .object({
    when: z.array(condition).max(4).default([]),
    /** Takes these characters off the start of the value the first condition names. */
    cut: z.string().min(1).optional(),
    /** Moves what stands before these characters in that value to `to`. */
    moveBefore: z
      .object({ mark: z.string().min(1), to: z.string() })
      .strict()
      .optional(),
    /** Splits that value into a name and the digits at its end. */
    splitName: z.boolean().optional(),
    copy: z
      .array(z.object({ from: z.string(), to: z.string() }).strict())
      .max(6)
      .default([]),
    kind: z.enum(['call', 'event']).optional(),
    direction: z.enum(['inbound', 'outbound', 'internal', 'unknown']).optional(),
    isAnswered: z.boolean().optional(),
    isTransferred: z.boolean().optional(),
    meaning: z.string().optional(),
  })
  .strict();

const shape = z
  .object({
    name: z.string(),
    /** True: no public sample of a real switch proves this shape. */
    unproven: z.boolean(),
    form,
    /** `date`: the line is no call, it tells the day of those after it. `rest`: only read where another shape's `followedBy` says so. */
    tells: z.enum(['call', 'date', 'rest']).default('call'),
    /** Shapes of the lines that follow and belong to the same record, in order; `?` after one that may be missing. */
    followedBy: z.array(z.string().max(40)).max(4).default([]),
    timeIs: z.enum(['start', 'end']).default('start'),
    rules: z.array(rule).max(40).default([]),
  })
  .strict();

const heading = z
  .object({ startsWith: z.string().min(2).optional(), contains: z.string().min(3).optional() })
  .strict()
  .refine((one) => one.startsWith !== undefined || one.contains !== undefined);

/** The layout of one switch. Parsing fills in what a file leaves out. */
export const smdrLayout = z
  .object({
    id: z.string().regex(/^[a-z0-9-]{1,40}$/),
    title: z.string(),
    source: z.string(),
    /** What the public samples prove and what not, for a person. */
    proof: z.string(),
    encoding: z.enum(['latin1', 'utf-8', 'gb18030']).default('latin1'),
    dateOrder: z.enum(['mdy', 'dmy', 'ymd']),
    alsoBreaksAt: z.array(z.number().int().min(1).max(31)).max(8).default([]),
    hasLengthPrefix: z.boolean().default(false),
    /** Sent when connecting over TCP, in hex: what makes the switch talk. */
    greetingHex: z
      .string()
      .regex(/^([0-9a-f]{2}){0,64}$/)
      .default(''),
    /** Page headers, banners, modem chatter. Blank lines and rules of - = _ * are known without being named. */
    headings: z.array(heading).max(20).default([]),
    /** Tried in order; the first that fits wins. */
    shapes: z.array(shape).min(1).max(12),
    /**
     * Lines of one call: those with the same `by` values, from one that `opens` until one that does not (`closes`:
     * until one that does that). A line that opens nothing and belongs to nothing stands alone. `alike`: values that all
     * lines of a call tell alike, where `by` (a trunk) is used by one call after the other: a line that tells another one
     * is of the next call, and the end of the one before has been lost.
     */
    join: z
      .object({
        by: z.array(z.string()).min(1).max(4),
        alike: z.array(z.string()).max(4).default([]),
        opens: condition,
        closes: condition.optional(),
      })
      .strict()
      .nullable()
      .default(null),
  })
  .strict();

/** See `smdrLayout`. */
export type SmdrLayout = z.infer<typeof smdrLayout>;
/** One kind of line. */
export type LayoutShape = SmdrLayout['shapes'][number];
/** A rule of a shape. */
export type LayoutRule = LayoutShape['rules'][number];
/** What a rule or a join asks of a value. */
export type LayoutCondition = LayoutRule['when'][number];
