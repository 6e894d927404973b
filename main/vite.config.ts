import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Packages with native parts, and Electron's own: they can't be bundled, so electron-builder.yml ships them as they are. */
const external = ['electron', 'better-sqlite3', 'node-hid', 'serialport', '@napi-rs/canvas'];

/**
 * Bundles what runs outside of the pages into dist/main: Electron neither strips types nor looks into node_modules of a
 * sandboxed preload. Three ES modules that share their chunks, and the preload as one CommonJS file.
 */
export default defineConfig({
  root: here('.'),
  publicDir: false,
  environments: {
    main: {
      consumer: 'server',
      resolve: { noExternal: true, external, conditions: ['node'], builtins: [/^node:/] },
      build: {
        ssr: true,
        outDir: here('../dist/main'),
        emptyOutDir: true,
        target: 'node24',
        minify: false,
        sourcemap: true,
        rollupOptions: {
          external,
          input: {
            electron: here('electron.ts'),
            'seat-utility': here('seat-utility.ts'),
            'device-process': here('../native/device-process.ts'),
          },
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        },
      },
    },
    preload: {
      consumer: 'server',
      resolve: { noExternal: true, external },
      build: {
        ssr: true,
        outDir: here('../dist/main'),
        emptyOutDir: false,
        target: 'chrome140',
        minify: false,
        rollupOptions: {
          external,
          input: { preload: here('preload.cts') },
          output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
        },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      for (const name of ['main', 'preload']) {
        const environment = builder.environments[name];
        if (environment === undefined) throw new Error(`vite has no environment ${name}`);
        await builder.build(environment);
      }
    },
  },
});
