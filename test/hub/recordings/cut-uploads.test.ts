import { expect, test } from 'vitest';
import { stores } from './both-stores.ts';
import { cutUploads } from './cut-uploads.ts';

/** The short set. The long one: HOOKLINE_UPLOAD_CUTS=1000, with HOOKLINE_SEED to see one again. */
const cuts = Number(process.env.HOOKLINE_UPLOAD_CUTS ?? 60);
const seed = Number(process.env.HOOKLINE_SEED ?? 4);

test.each(Object.entries(stores))(
  'uploads cut again and again, on %s: nothing lost, nothing twice, one chunk again at most',
  async (_name, open) => {
    const store = await open();
    try {
      const report = await cutUploads(store, { cuts, seed });
      expect(report).toMatchObject({
        cuts,
        lostBytes: 0,
        inventedBytes: 0,
        overChunk: 0,
        wrongHashes: 0,
        extraObjects: 0,
      });
    } finally {
      await store.close();
    }
  },
  60_000 + cuts * 10_000,
);
