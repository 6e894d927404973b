/** Pictures kept: both phases of every flashing key of a panel of 32. At some 5 kB packed that is half a megabyte at most. */
export const picturesMax = 96;

/** Keeps the packed pictures used last, so that a flashing key is drawn twice and not twice a second. */
export type PictureCache<Picture> = {
  of(name: string, draw: () => Promise<Picture>): Promise<Picture>;
};

/** An empty cache. What `draw` rejects with is passed on and nothing is kept. */
export function pictureCache<Picture>(): PictureCache<Picture> {
  const kept = new Map<string, Picture>();
  return {
    of: async (name, draw) => {
      const picture = kept.get(name) ?? (await draw());
      kept.delete(name);
      kept.set(name, picture);
      const oldest = kept.keys().next();
      if (kept.size > picturesMax && oldest.done !== true) kept.delete(oldest.value);
      return picture;
    },
  };
}
