/** The part of the Trusted Types interface the console uses; TypeScript's DOM library does not know it yet. */
type PolicyFactory = {
  createPolicy(name: string, rules: { readonly createHTML: (text: string) => string }): unknown;
};

/**
 * Installs the one policy of the page, named `default`: text that could be markup is refused, whoever wrote it. The
 * host's header names it (`trusted-types default`), so no second policy can be made. Scripts and script addresses have
 * no rule at all and are refused by the browser. Does nothing where the browser has no Trusted Types.
 */
export function refuseMarkup(page: object): void {
  if (!('trustedTypes' in page) || !isFactory(page.trustedTypes)) return;
  page.trustedTypes.createPolicy('default', { createHTML: plainTextOnly });
}

/** The policy's rule: gives plain text back, throws on anything with a `<` in it. */
export function plainTextOnly(text: string): string {
  if (text.includes('<')) throw new TypeError('markup is not written into this page');
  return text;
}

function isFactory(value: unknown): value is PolicyFactory {
  return typeof value === 'object' && value !== null && 'createPolicy' in value;
}
