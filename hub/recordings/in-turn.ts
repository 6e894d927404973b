/** Performs work of one name one after another; names do not wait for each other. Forgets a name nobody waits for. */
export type InTurn = <Value>(name: string, work: () => Promise<Value>) => Promise<Value>;

export function inTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (name, work) => {
    const before = last.get(name) ?? Promise.resolve();
    const result = before.then(work);
    // The next goes on whatever became of this one; its own caller is told by `result`.
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    last.set(name, settled);
    void settled.then(() => {
      if (last.get(name) === settled) last.delete(name);
    });
    return result;
  };
}
