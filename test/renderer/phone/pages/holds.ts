/** Whether a value holds every given part, at any depth: what a test waits for. */
export function holds(value: unknown, parts: Record<string, unknown>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  return Object.entries(parts).every(([name, part]) =>
    typeof part === 'object' && part !== null
      ? holds(fields[name], part as Record<string, unknown>)
      : fields[name] === part,
  );
}
