// `node --import` this: the module `electron` becomes its twin.
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: new URL('./electron-twin.mjs', import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
