import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The plainest server that takes a file: PUT, written as it comes, synced once at the end, then 204. */
const directory = process.argv[2] ?? '';
let number = 0;
const server = createServer((request, response) => {
  void (async () => {
    number += 1;
    const path = join(directory, `copy-${number}`);
    await pipeline(request, createWriteStream(path));
    const file = await open(path, 'r+');
    await file.sync();
    await file.close();
    response.writeHead(204).end();
    await rm(path);
  })();
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`));
process.once('disconnect', () => process.exit());
