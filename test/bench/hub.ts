import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import type { Client } from 'pg';
import { v7 } from 'uuid';
import { callFacts } from '../main/store/facts.ts';
import { startPostgres, withClient } from '../rig/postgres.ts';
import type { Bench } from './bench.ts';
import { benchUploads } from './hub-uploads.ts';
import { spread } from './percentile.ts';

const seats = 200;

/** How seats push: a line at a time as calls go on, and what waited while the network was away. */
const loads = {
  live: { pushes: 12, entries: 1 },
  drain: { pushes: 12, entries: 60 },
} as const;

/** The first pushes of a fresh process run code nobody has compiled yet; they are not measured. */
const warmUpPushes = 2;

interface SimulatedSeat {
  readonly seat: string;
  readonly key: string;
  readonly agent: Agent;
  seq: number;
}

/**
 * Entries per second that are on disk when they are answered, pushed by 200 seats at once over HTTP, and the times of a
 * push in milliseconds: on SQLite and on PostgreSQL with fsync, each with the hub in a process of its own. The seats run
 * in this process, on the same machine. The peers are the two databases alone, with one writer.
 */
export const bench: Bench = async (say) => {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-bench-hub-'));
  const postgres = await startPostgres();
  try {
    const sqlite = await measure(['--data', folder], say);
    const onPostgres = await measure(['--database', await postgres.newDatabase()], say);
    const uploads = await benchUploads(say);
    const peers = {
      ...uploads.peers,
      bareSqlite: await bareSqlite(join(folder, 'bare.db')),
      barePostgres: await withClient(await postgres.newDatabase(), barePostgres),
    };
    return { figures: { seats, sqlite, postgres: onPostgres, ...uploads.figures }, peers };
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function measure(place: readonly string[], say: (line: string) => void) {
  const hub = spawn(process.execPath, [hubProgram, 'serve', '--port', '0', ...place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [listening] = await once(createInterface({ input: hub.stdout }), 'line');
    const { port, database } = JSON.parse(String(listening));
    const administrator = (await said(['make-key', '--name', 'bench', '--role', 'administrator', ...place])).key;
    const all = await enrolSeats(port, administrator);
    await pushAll(port, all, { pushes: warmUpPushes, entries: 6 });
    const live = await pushAll(port, all, loads.live);
    say(`${database}: ${live.entriesPerSecond} entries a second, one at a time`);
    const drain = await pushAll(port, all, loads.drain);
    say(`${database}: ${drain.entriesPerSecond} entries a second, ${loads.drain.entries} at a time`);
    const rssMb = residentMb(hub.pid);
    for (const { agent } of all) agent.destroy();
    return { entriesPerSecond: drain.entriesPerSecond, p50: drain.push.p50, p99: drain.push.p99, rssMb, live, drain };
  } finally {
    const ended = once(hub, 'exit');
    hub.kill('SIGTERM');
    await ended;
  }
}

/** Commits of one row, one after the other, with the same settings and nothing else: what this disk can do. */
const bareCommits = 300;

async function commits(one: (number: number) => unknown) {
  const times: number[] = [];
  for (let number = 0; number < bareCommits; number += 1) {
    const began = performance.now();
    await one(number);
    times.push(performance.now() - began);
  }
  const seconds = times.reduce((sum, time) => sum + time, 0) / 1000;
  return { commitsPerSecond: Math.round(bareCommits / seconds), commit: spread(times) };
}

function bareSqlite(path: string) {
  const database = new Database(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('create table entry (number integer primary key, body text) strict');
  const insert = database.prepare('insert into entry values (?, ?)');
  return commits((number) => insert.run(number, 'x'.repeat(200))).finally(() => database.close());
}

async function barePostgres(client: Client) {
  await client.query('create table entry (number integer primary key, body text)');
  return commits((number) => client.query('insert into entry values ($1, $2)', [number, 'x'.repeat(200)]));
}

const hubProgram = new URL('../../hub/start.ts', import.meta.url).pathname;

/** What a command of the hub says as JSON. */
async function said(args: readonly string[]) {
  const child = spawn(process.execPath, [hubProgram, ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (text: Buffer) => {
    out += text.toString();
  });
  await once(child, 'close');
  return JSON.parse(out);
}

async function enrolSeats(port: number, administrator: string): Promise<readonly SimulatedSeat[]> {
  const agent = new Agent({ keepAlive: true });
  const all: SimulatedSeat[] = [];
  for (let index = 0; index < seats; index += 1) {
    const seat = `seat-${index}`;
    const { code } = await post(port, agent, '/v1/enrolment-codes', administrator, { label: seat });
    const { key } = await post(port, agent, '/v1/enrolments', null, { code, seat });
    all.push({ seat, key, agent: new Agent({ keepAlive: true, maxSockets: 1 }), seq: 0 });
  }
  agent.destroy();
  return all;
}

/** Every seat pushes its share, one push after the other, all seats at once. */
async function pushAll(
  port: number,
  all: readonly SimulatedSeat[],
  load: { readonly pushes: number; readonly entries: number },
) {
  const bodies = all.map((seat) => Array.from({ length: load.pushes }, () => nextPush(seat, load.entries)));
  const times: number[] = [];
  const began = performance.now();
  await Promise.all(
    all.map(async ({ key, agent }, index) => {
      for (const body of bodies[index] ?? []) {
        const sent = performance.now();
        const { acknowledgedSeq, setAside } = await post(port, agent, '/v1/journal', key, body);
        times.push(performance.now() - sent);
        if (acknowledgedSeq !== body.firstSeq + load.entries - 1 || setAside.length > 0)
          throw new Error('the hub did not take a push whole');
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const entriesPerSecond = Math.round((all.length * load.pushes * load.entries) / seconds);
  return { entriesPerSecond, entriesPerPush: load.entries, push: spread(times) };
}

/** The next entries of a seat: whole calls, six entries each, one after the other. */
function nextPush(seat: SimulatedSeat, count: number) {
  const firstSeq = seat.seq + 1;
  const entries = Array.from({ length: count }, () => {
    const facts = callFacts(Math.floor(seat.seq / 6));
    const fact = facts[seat.seq % 6];
    seat.seq += 1;
    return { seat: seat.seat, seq: seat.seq, id: v7(), at: Date.now(), ...fact };
  });
  return { firstSeq, entries };
}

function post(port: number, agent: Agent, path: string, key: string | null, body: unknown) {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(key === null ? {} : { authorization: `Bearer ${key}` }),
  };
  // biome-ignore lint/suspicious/noExplicitAny: a bench trusts what it reads, and checks the numbers
  return new Promise<any>((resolve, reject) => {
    const sending = request({ port, host: '127.0.0.1', method: 'POST', path, agent, headers }, (response) => {
      let answer = '';
      response.on('data', (part: Buffer) => {
        answer += part.toString();
      });
      response.on('end', () => {
        if (response.statusCode === 200 || response.statusCode === 201) resolve(JSON.parse(answer));
        else reject(new Error(`${path}: ${response.statusCode} ${answer}`));
      });
    });
    sending.on('error', reject);
    sending.end(text);
  });
}

/** Memory of the hub's process, in megabytes. */
function residentMb(pid: number | undefined): number {
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  return Math.round(kilobytes / 102.4) / 10;
}
