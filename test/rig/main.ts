import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SeatFile } from '../../core/settings.ts';
import { type Asterisk, isRoot, startAsterisk } from './asterisk.ts';
import { type Caller, callSeat } from './caller.ts';

/**
 * `npm run rig`: an Asterisk for a person, until Ctrl-C. Prints how to log in, writes a seat file for each seat and reads
 * commands: `ring`, `ring 6002`, `hang up`, any Asterisk CLI command.
 */
const people = [
  { name: '王芳', number: '13800138000' },
  { name: 'Ada Lovelace', number: '02079460123' },
  { name: '李建国', number: '01012345678' },
];

/** Known to everybody on purpose: this Asterisk listens on loopback only. */
const password = 'hookline-rig';

if (isRoot()) await serve();
else {
  console.error('npm run rig needs root: Asterisk runs in a chroot.');
  process.exitCode = 1;
}

async function serve(): Promise<void> {
  const asterisk = await startAsterisk({ wsPort: 8088, password });
  console.log(howToLogIn(asterisk));
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: 'rig> ' });
  let caller: Caller | null = null;
  let rings = 0;
  let isOpen = true;
  lines.on('close', () => {
    isOpen = false;
  });
  lines.prompt();
  lines.on('SIGINT', () => lines.close());
  process.on('SIGTERM', () => lines.close());
  for await (const line of lines) {
    const [word = '', seat = asterisk.seats[0]?.user ?? ''] = line.trim().split(/\s+/);
    try {
      if (word === 'ring') {
        const person = people[rings++ % people.length] ?? { name: '', number: '' };
        caller = await callSeat(asterisk, { endpoint: seat, ...person, toneHz: 600 });
        console.log(`${person.name} ${person.number} rings ${seat} and will play 600 Hz`);
      } else if (word === 'hang') {
        await caller?.hangUp();
      } else if (word !== '') {
        console.log(await asterisk.command(line.trim()));
      }
    } catch (error) {
      console.log(`That did not work: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    }
    if (isOpen) lines.prompt();
  }
  await asterisk.stop();
  console.log('\nThe Asterisk of the rig has ended.');
}

function howToLogIn({ wsUrl, seats }: Asterisk): string {
  const directory = new URL('../../out/rig/', import.meta.url).pathname;
  mkdirSync(directory, { recursive: true });
  const files = seats.map(({ user }) => {
    const path = join(directory, `${user}.seat.json`);
    const file: SeatFile = {
      hookline: 1,
      account: { kind: 'sip', server: wsUrl, otherServers: [], user, domain: '127.0.0.1', displayName: `Seat ${user}` },
      password,
    };
    writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`);
    return path;
  });
  return `Asterisk 22 runs on loopback.

  server    ${wsUrl}
  domain    127.0.0.1
  user      ${seats.map(({ user }) => user).join(' or ')}
  password  ${password}

  seat file ${files.join('\n            ')}

Start the console in another terminal (npm start), open Settings, then the seat file.
From the seat: *43 is an echo, *440 plays 440 Hz, 486 is busy, 180 rings and never answers, 6002 is the other seat.

Here: "ring" makes a caller ring ${seats[0]?.user}, "ring 6002" the other, "hang up" ends the caller,
anything else goes to Asterisk ("pjsip show contacts"). Ctrl-C ends it.
`;
}
