import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/**
 * Builds the two pages into dist/renderer/{phone,desk}/index.html. Addresses are relative, so that the same files work
 * on http://127.0.0.1:PORT/ and on app://console/. Nothing is put inline (scripts, styles, data: addresses): the pages
 * live under `script-src 'self'; style-src 'self'`.
 */
export default defineConfig({
  root: here('.'),
  base: './',
  publicDir: false,
  plugins: [react()],
  css: { modules: { generateScopedName: '[name]_[local]_[hash:base64:4]' } },
  build: {
    outDir: here('../dist/renderer'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // The pages come from the disk of the same machine, not over a network.
    chunkSizeWarningLimit: 800,
    modulePreload: { polyfill: false },
    // The newest thing that must run it: Electron 45's and Debian's Chromium.
    target: 'chrome140',
    rolldownOptions: {
      // no-eval.ts must run before anything that reads a schema, also when they land in different chunks.
      output: { strictExecutionOrder: true },
      input: [here('desk/index.html'), here('phone/index.html')].filter((page) => existsSync(page)),
    },
  },
});
