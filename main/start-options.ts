import { parseArgs } from 'node:util';

/** What `npm start -- ...` understands. */
export type StartOptions = {
  /** Null: the usual place for data of this person. */
  readonly profile: string | null;
  readonly practice: boolean;
  readonly headless: boolean;
  readonly demo: boolean;
  readonly json: boolean;
  readonly printUrl: boolean;
  readonly help: boolean;
};

export const startHelp = `Usage: npm start -- [options]

  --profile DIR   keep journal, recordings and settings in DIR
  --practice      use the practice line, whatever account is set up
  --headless      run without a window
  --demo          play one whole practice call by itself and show what came of it
  --json          with --demo: end with one line of JSON
  --print-url     open no window; print {"url": ...} to open in a browser of your own
  --help          show this`;

/** Reads the command line; a wrong word is an error in words. */
export function readStartOptions(args: readonly string[]): StartOptions | { readonly error: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        profile: { type: 'string' },
        practice: { type: 'boolean', default: false },
        headless: { type: 'boolean', default: false },
        demo: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'print-url': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const { profile = null, practice, headless, demo, json, help } = values;
    return { profile, practice, headless, demo, json, printUrl: values['print-url'], help };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
