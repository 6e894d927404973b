/**
 * Makes a fresh checkout able to run, on the system's Node (20 or later), before anything is installed; so it is plain
 * JavaScript without dependencies. Says on standard error what it installs. A second run finds everything and is quick.
 *
 * As a program: `node main/set-up.mjs start|test|command SCRIPT [ARGUMENT...]` sets up and then runs SCRIPT on the Node of
 * `node_modules`, with this program's standard input and output, and ends with its exit code.
 */
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const house = dirname(dirname(fileURLToPath(import.meta.url)));
const ownNode = join(house, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** What `npm test` needs of Debian, each with the reason. */
const testPackages = [
  'chromium', // the browser the journeys drive
  'umockdev', // a headset that node-hid sees, without hardware
  'udev', // reads our udev rule as the machine of a seat does
  'gir1.2-umockdev-1.0',
  'python3-gi',
  'gcc', // builds what stands between a program and its port in the tests: modem lines, a HID node that is read directly
  'libc6-dev',
  'baresip', // the reference phone of `npm run bench -- answer`
  'fonts-noto-cjk', // Chinese on the screenshots
  'strace', // lets one system call fail or kills at it, to see that the log survives
  'faketime', // moves the clock of a hub, to see that nobody is locked out and nothing erased
  'e2fsprogs', // a disk of its own that breaks down and is mended
  'debootstrap', // fetches the Asterisk of the tests
  'btrfs-progs', // clones a disk while it is written: a cut of the power
  'iproute2', // brings loopback up in a network namespace
  'nftables', // cuts and mends the bad road of the tunnel journey
  'openssl', // makes the certificate of the Asterisk of the tests
  'curl', // judges the recording intake beside our own client
  'postgresql', // the hub's other database; the tests start one of their own
];

/** How long we wait for another set-up that is fetching Asterisk: it takes a minute, ten on a slow line. */
const otherSetUpMs = 15 * 60_000;

/** What `setUp` cannot do anything about: the sentence says what a person can do. */
class SetUpProblem extends Error {}

/**
 * Installs what is missing: the packages of package-lock.json; for `start` also a Chromium, where there is neither
 * Electron nor a browser and we may install one; for `test` Debian's packages above and an Asterisk 22 in the cache.
 * `command` (the command line) needs the packages alone.
 * Rejects with a sentence for a person when something that cannot be done without is missing.
 */
export async function setUp({ for: purpose }) {
  installPackages();
  if (purpose === 'start') installBrowser();
  if (purpose === 'test') {
    installDebian(missingPackages(testPackages));
    await installAsterisk();
  }
}

/* ---------- packages of package-lock.json ---------- */

function installPackages() {
  if (arePackagesCurrent()) return;
  say('installing the packages of package-lock.json (npm ci)');
  // The Electron binary is 100 MB and wanted only by a person with a display: `npm start` fetches it, not we.
  const env = { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1' };
  const quietly = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = visibly('npm', ['ci', ...quietly], { cwd: house, env });
  if (status !== 0) {
    say('npm ci did not succeed; trying npm install with the same lock file');
    const second = visibly('npm', ['install', '--no-save', ...quietly], { cwd: house, env });
    if (second.status !== 0) throw new SetUpProblem('The packages could not be installed: npm says why above.');
  }
  if (!existsSync(ownNode)) {
    // npm may be told to run no install scripts (allowScripts, ignore-scripts): this one fetches our Node from npm.
    say('fetching Node itself (npm did not run the install script of the package "node")');
    visibly(process.execPath, ['installArchSpecificPackage.js'], { cwd: join(house, 'node_modules/node'), env });
  }
  if (!existsSync(ownNode))
    throw new SetUpProblem(`There is no Node in ${ownNode}. Try: npm rebuild --ignore-scripts=false node`);
}

/** Compares package-lock.json with npm's own record of what stands in node_modules. */
function arePackagesCurrent() {
  const record = join(house, 'node_modules/.package-lock.json');
  if (!existsSync(ownNode) || !existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(house, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (path === '' || link) return true;
    // An optional package is rightly absent where it is meant for another system.
    return present[path] === undefined ? optional === true : present[path].version === version;
  });
}

/* ---------- Debian's packages ---------- */

function installBrowser() {
  if (hasElectron() || findChromium() !== null) return;
  if (!isDebian() || !isRoot()) return; // `npm start` then prints the address to open
  installDebian(['chromium']);
}

function hasElectron() {
  const pathFile = join(house, 'node_modules/electron/path.txt');
  return existsSync(pathFile) && existsSync(join(house, 'node_modules/electron/dist', readFileSync(pathFile, 'utf8')));
}

/** The first Chromium of this machine, or null. */
function findChromium() {
  const fixed = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    join(process.env.PROGRAMFILES ?? 'C:\\Program Files', 'Google\\Chrome\\Application\\chrome.exe'),
    join(process.env['PROGRAMFILES(X86)'] ?? 'C:\\Program Files (x86)', 'Microsoft\\Edge\\Application\\msedge.exe'),
  ];
  const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge'];
  return names.map(which).find((path) => path !== null) ?? fixed.find((path) => existsSync(path)) ?? null;
}

function installDebian(names) {
  if (names.length === 0) return;
  if (!isDebian()) {
    say(`not a Debian: cannot install ${names.join(' ')}. What needs them will be skipped.`);
    return;
  }
  if (!isRoot()) {
    say(`not root: cannot install ${names.join(' ')}. What needs them will be skipped. As root:`);
    say(`  apt-get update && apt-get install --no-install-recommends ${names.join(' ')}`);
    return;
  }
  say(`installing Debian's ${names.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // A list that cannot be refreshed may still be good enough: the install below decides.
  visibly('apt-get', ['-qq', 'update'], { env });
  const install = ['-qq', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=600', 'install', ...names];
  if (visibly('apt-get', install, { env }).status !== 0)
    throw new SetUpProblem(`apt-get could not install ${names.join(' ')}: it says why above.`);
}

/** Those of the names that dpkg does not call installed; all of them where there is no dpkg. */
function missingPackages(names) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own way of naming a field
  const { stdout } = quietly('dpkg-query', ['-W', '-f=${db:Status-Status} ${Package}\n', ...names]);
  const installed = new Set((stdout ?? '').split('\n'));
  return names.filter((name) => !installed.has(`installed ${name}`));
}

function isDebian() {
  return existsSync('/etc/debian_version') && which('apt-get') !== null;
}

/* ---------- the Asterisk of the tests ---------- */

/** Debian 12 has no Asterisk: forky's is unpacked into a directory of its own, which is renamed when it is whole. */
async function installAsterisk() {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'hookline');
  const target = join(cache, 'asterisk22');
  if (existsSync(join(target, 'usr/sbin/asterisk'))) return;
  if (!isRoot() || which('debootstrap') === null) {
    say('no Asterisk for the journeys: that takes root and debootstrap. They will be skipped.');
    return;
  }
  mkdirSync(cache, { recursive: true });
  const release = await takeLock(join(cache, 'asterisk22.lock'));
  try {
    if (existsSync(join(target, 'usr/sbin/asterisk'))) return;
    const making = `${target}.making-${process.pid}`;
    const wasMade = mirrors().some((mirror) => debootstrap(making, mirror));
    if (!wasMade)
      throw new SetUpProblem('Asterisk 22 could not be fetched from Debian forky: debootstrap says why above.');
    rmSync(target, { recursive: true, force: true });
    renameSync(making, target);
  } finally {
    release();
  }
}

function debootstrap(directory, mirror) {
  say(`fetching Asterisk 22 from Debian forky at ${mirror} (about a minute, 540 MB) into ${dirname(directory)}`);
  rmSync(directory, { recursive: true, force: true });
  const script = ['/usr/share/debootstrap/scripts/sid']; // Debian 12's debootstrap knows no forky by name
  const include = '--include=asterisk,asterisk-core-sounds-en-wav';
  const args = ['--variant=minbase', include, 'forky', directory, mirror, ...script];
  const { status } = visibly('debootstrap', args, { env: { ...aptProxy(), ...process.env } });
  const isWhole = status === 0 && quietly('chroot', [directory, 'asterisk', '-V']).stdout.includes('Asterisk 22');
  if (!isWhole) rmSync(directory, { recursive: true, force: true });
  return isWhole;
}

/** The archives this machine's apt really uses, the plain Debian one (not security or backports) first. */
function mirrors() {
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  const format = ['--format', '$(SITE) $(RELEASE) $(COMPONENT)', 'Created-By: Packages'];
  const targets = quietly('apt-get', ['indextargets', ...format])
    .stdout.split('\n')
    .map((line) => line.split(' '));
  const main = targets.filter(([site, , component]) => /^https?:/.test(site) && component === 'main');
  const plain = main.filter(([, release]) => release === codename);
  const found = [...new Set([...plain, ...main].map(([site]) => site))];
  if (found.length === 0) throw new SetUpProblem('apt names no Debian archive to fetch Asterisk from: see /etc/apt.');
  return found;
}

/** debootstrap fetches with wget, which does not read apt's settings. */
function aptProxy() {
  const found = /Acquire::http::Proxy "([^"]+)"/.exec(quietly('apt-config', ['dump', 'Acquire::http::Proxy']).stdout);
  return found === null ? {} : { http_proxy: found[1] };
}

/** One set-up at a time: the lock is a file with our process id; that of a dead process is taken over. */
async function takeLock(path) {
  const deadline = Date.now() + otherSetUpMs;
  for (let isTold = false; ; isTold = true) {
    try {
      writeFileSync(path, String(process.pid), { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(readHolder(path));
    if (!isAlive(holder)) {
      rmSync(path, { force: true });
      continue;
    }
    if (Date.now() > deadline) throw new SetUpProblem(`Process ${holder} is fetching Asterisk for too long (${path}).`);
    if (!isTold) say(`waiting for process ${holder}, which is fetching Asterisk`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

function readHolder(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return ''; // released in this very moment
    throw error;
  }
}

function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/* ---------- small things ---------- */

function isRoot() {
  return process.getuid?.() === 0;
}

function which(name) {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch (error) {
      if (!['ENOENT', 'EACCES', 'ENOTDIR'].includes(error.code)) throw error;
    }
  }
  return null;
}

function say(sentence) {
  process.stderr.write(`set-up: ${sentence}\n`);
}

/** Runs a program whose output a person sees, on standard error: standard output belongs to the script that follows. */
function visibly(program, args, options = {}) {
  return spawnSync(program, args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32', ...options });
}

function quietly(program, args) {
  return spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

async function main([purpose, script, ...args]) {
  if (purpose !== 'start' && purpose !== 'test' && purpose !== 'command') {
    say('usage: node main/set-up.mjs start|test|command [SCRIPT [ARGUMENT...]]');
    return 2;
  }
  await setUp({ for: purpose });
  if (script === undefined) return 0;
  const path = `${join(house, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`;
  // Node keeps what it made of our TypeScript: the console opens a quarter of a second sooner.
  const compiled = join(house, 'node_modules/.cache/node');
  const env = { NODE_COMPILE_CACHE: compiled, ...process.env, PATH: path };
  const child = spawn(ownNode, [script, ...args], { stdio: 'inherit', env });
  // A terminal's Ctrl-C reaches the child by itself; a signal sent to us alone is handed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof SetUpProblem)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
