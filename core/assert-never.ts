/** Ends a switch over a union: compiles only if every case was handled, fails loudly if the types lied. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
