// Stands in for Electron's utility process: a worker thread whose `process.parentPort` behaves like Electron's, and a
// message to it may carry ports. Loads the bundled program named by its first argument.
import { parentPort, workerData } from 'node:worker_threads';

const asMainPort = (port) => ({
  on: (event, listener) => port.on(event, (data) => listener(event === 'message' ? { data } : undefined)),
  postMessage: (message) => port.postMessage(message),
  start: () => port.start(),
  close: () => port.close(),
});

process.parentPort = {
  on: (event, listener) =>
    parentPort.on(event, ({ message, ports }) => listener({ data: message, ports: ports.map(asMainPort) })),
  postMessage: (message) => parentPort.postMessage(message),
};
process.argv.push(...workerData.args);
await import(workerData.program);
