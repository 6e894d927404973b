import type { z } from 'zod';

/** What is said to a person of a value that is not there, instead of "received undefined": for the `error` of a zod parse. */
export function missingWords(issue: z.core.$ZodRawIssue): string | undefined {
  return issue.code === 'invalid_type' && issue.input === undefined ? `is missing (${issue.expected})` : undefined;
}
