#!/usr/bin/env node
// Puts the IDE server where this machine keeps it, once per content: node provision.mjs [--where]
// The last line on stdout is its path; with --where it is the only one. Needs Node.js 18 or later, and npm the first time.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const day = 24 * 60 * 60 * 1000;
const neededBytes = 600e6;
const here = path.dirname(fileURLToPath(import.meta.url));
const manifest = JSON.parse(fs.readFileSync(path.join(here, 'package.json'), 'utf8'));
const quiet = process.argv.includes('--where');
const say = text => (quiet ? process.stderr : process.stdout).write(`ide: ${text}\n`);
const children = new Set();
const started = Date.now();
const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;

/** Something that a person can put right: shown as one sentence, without a stack. */
class Obstacle extends Error {}

try {
  console.log(await provision());
} catch (error) {
  console.error(error instanceof Obstacle ? `ide: ${error.message}` : error);
  process.exitCode = 1;
}

async function provision() {
  if (Number(process.versions.node.split('.')[0]) < 18) {
    throw new Obstacle(`Node.js ${process.versions.node} is too old: install version 18 or later.`);
  }

  const cache = path.resolve(process.env.WAIIDE_IDE_CACHE || path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'waiide', 'ide'));
  const inputs = ['package.json', 'package-lock.json', 'provision.mjs', 'settings.json', ...filesBelow('bin'), ...filesBelow('stubs')];
  const tree = path.join(cache, keyOf(inputs));
  if (isReady(tree)) {
    markUsed(tree);
    if (!quiet) {
      say(`code-server ${manifest.dependencies['code-server']} is in place`);
    }

    return tree;
  }

  const runtime = nodePackage();
  prepare(cache, tree);
  say(`installing code-server ${manifest.dependencies['code-server']} and Node.js ${manifest.optionalDependencies[runtime]} (${manifest.config.download}, once)`);
  const work = fs.mkdtempSync(`${tree}.tmp-`);
  const giveUp = signal => {
    children.forEach(child => child.kill('SIGKILL'));
    remove(work);
    process.exit(128 + os.constants.signals[signal]);
  };
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(signal => process.once(signal, giveUp));
  try {
    for (const file of inputs) {
      fs.cpSync(path.join(here, file), path.join(work, file));
    }

    await fetchPackages(work);
    arrange(work, runtime);
    prune(work, runtime);
    say(`starting it once to see that it works, ${seconds()}`);
    const version = await tryOut(work);
    fs.writeFileSync(path.join(work, '.ready'), version);
    publish(work, tree);
  } finally {
    remove(work);
  }

  say(`ready in ${seconds()} (${Math.round(sizeOf(tree) / 1e6)} MB) at ${tree}`);
  return tree;
}

function filesBelow(folder) {
  return fs.readdirSync(path.join(here, folder), { withFileTypes: true })
    .flatMap(entry => entry.isDirectory() ? filesBelow(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`])
    .sort();
}

function keyOf(inputs) {
  const hash = createHash('sha256').update(process.arch);
  for (const file of inputs) {
    hash.update(`\0${file}\0`).update(fs.readFileSync(path.join(here, file)));
  }

  return hash.digest('hex').slice(0, 16);
}

// A tree gets its name by a rename when it is whole, and loses this file first when it is removed.
function isReady(tree) {
  return fs.existsSync(path.join(tree, '.ready'));
}

function markUsed(tree) {
  try {
    fs.utimesSync(path.join(tree, '.ready'), new Date(), new Date());
  } catch (error) {
    // A cache that somebody else filled and this user may only read is never swept by this user either.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) {
      throw error;
    }
  }
}

/** The npm package that carries the Node.js for this machine. */
function nodePackage() {
  const name = `node-${process.platform}-${process.arch}`;
  if (!(name in manifest.optionalDependencies)) {
    throw new Obstacle(`the IDE server runs on Linux x64 and arm64; this machine is ${process.platform} ${process.arch}.`);
  }

  process.report.excludeNetwork = true;
  if (!process.report.getReport().header.glibcVersionRuntime) {
    throw new Obstacle('the IDE server needs glibc 2.28 or later; this system has another C library (musl, as in Alpine). Use a Debian, Ubuntu or Fedora system or image.');
  }

  return name;
}

function prepare(cache, tree) {
  try {
    fs.mkdirSync(cache, { recursive: true });
    fs.accessSync(cache, fs.constants.W_OK);
  } catch (error) {
    throw new Obstacle(`${cache} cannot be written (${error.code}): set WAIIDE_IDE_CACHE to a directory that can.`);
  }

  sweep(cache, tree);
  const { bavail, bsize } = fs.statfsSync?.(cache) ?? { bavail: Infinity, bsize: 1 };
  if (bavail * bsize < neededBytes) {
    throw new Obstacle(`${cache} has ${Math.round(bavail * bsize / 1e6)} MB left and ${neededBytes / 1e6} MB are needed: make room, or set WAIIDE_IDE_CACHE to a directory on a larger disk.`);
  }
}

/** Removes what crashed installations left behind a day ago, and trees that nothing has asked for in 30 days. */
function sweep(cache, tree) {
  for (const name of fs.readdirSync(cache)) {
    const other = path.join(cache, name);
    if (/^[0-9a-f]{16}\.tmp-/.test(name) && isOlder(other, day)) {
      remove(other);
    } else if (other === tree ? !isReady(tree) : (/^[0-9a-f]{16}$/.test(name) && isOlder(path.join(other, '.ready'), 30 * day) && !isRunning(other))) {
      remove(other);
    }
  }
}

function isOlder(file, age) {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  return found === undefined || Date.now() - found.mtimeMs > age;
}

function isRunning(tree) {
  return fs.readdirSync('/proc').filter(name => /^\d+$/.test(name)).some(id => {
    try {
      return fs.readlinkSync(`/proc/${id}/exe`).startsWith(tree + path.sep);
    } catch {
      return false; // Ended meanwhile, or another user's.
    }
  });
}

function remove(folder) {
  fs.rmSync(path.join(folder, '.ready'), { force: true });
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function fetchPackages(work) {
  // As environment variables, so that they win over the user's npmrc and older npm versions skip what they do not know.
  const settings = {
    audit: false, fund: false, update_notifier: false, loglevel: 'error', ignore_scripts: true, omit: 'dev', include: 'optional',
    install_strategy: 'hoisted', install_links: false, bin_links: false, engine_strict: false, global: false, prefer_offline: true,
    fetch_retry_mintimeout: 1000, fetch_retry_maxtimeout: 5000,
  };
  const env = { ...process.env };
  for (const [name, value] of Object.entries(settings)) {
    env[`npm_config_${name}`] = String(value);
  }

  const ticks = setInterval(() => say(`npm downloads and unpacks, ${seconds()}`), 5000);
  let result;
  try {
    result = await run('npm', ['ci'], { cwd: work, env });
  } catch (error) {
    throw error.code === 'ENOENT' ? new Obstacle('npm is missing: install it (it comes with Node.js) and have it on the PATH.') : error;
  } finally {
    clearInterval(ticks);
  }

  if (result.status !== 0) {
    process.stderr.write(`${result.output.trim().split('\n').slice(0, 20).join('\n')}\n`); // npm says what failed first and how it is used last.
    throw new Obstacle(reasonOf(result.output));
  }
}

function reasonOf(output) {
  if (/ENOSPC/.test(output)) {
    return 'the disk is full: make room, or set WAIIDE_IDE_CACHE (the IDE server) and npm_config_cache (npm\'s own cache) to directories on a larger one.';
  }

  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED/.test(output)) {
    return 'the npm registry cannot be reached, and the first run needs it. Without a network, run this on another machine of the same architecture and copy its WAIIDE_IDE_CACHE (default ~/.cache/waiide/ide) here.';
  }

  return 'npm could not install the IDE server; what it said is above.';
}

/** The links that code-server's own installation scripts would make, had they not also compiled what is prebuilt here. */
function arrange(work, runtime) {
  const vscode = path.join(work, 'node_modules/code-server/lib/vscode');
  link('../../../../node_modules', path.join(vscode, 'node_modules'));
  link('../../../../../node_modules', path.join(vscode, 'extensions/node_modules'));
  link('code-linux.sh', path.join(vscode, 'bin/remote-cli/code-server'));
  link('browser-linux.sh', path.join(vscode, 'bin/helpers/browser.sh'));
  link(`../node_modules/${runtime}/bin/node`, path.join(work, 'bin/node'));
}

function link(target, at) {
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.rmSync(at, { recursive: true, force: true });
  fs.symlinkSync(target, at);
}

/** Half of the bytes are for other systems, for building, or for features that are off or need a service nobody has here. */
function prune(work, runtime) {
  const modules = path.join(work, 'node_modules');
  const extensions = path.join(modules, 'code-server/lib/vscode/extensions');
  const system = `linux-${process.arch}`;
  const unwanted = [
    ...['copilot', 'mermaid-markdown-features', 'microsoft-authentication', 'tunnel-forwarding', 'ms-vscode.vscode-js-profile-table'].map(name => path.join(extensions, name)),
    ...['include', 'share', 'CHANGELOG.md', 'README.md'].map(name => path.join(modules, runtime, name)),
    ...['third_party', 'src', 'deps', 'node-addon-api'].map(name => path.join(modules, 'node-pty', name)),
    ...othersThan(system, path.join(modules, 'node-pty/prebuilds')),
    ...othersThan(system, path.join(modules, '@vscode/ripgrep-universal/bin')),
    ...entriesBelow(modules).filter(file => /\.(js|cjs|mjs|css|d\.ts)\.map$/.test(file)),
  ];
  unwanted.forEach(item => fs.rmSync(item, { recursive: true, force: true }));
}

function othersThan(kept, folder) {
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter(name => name !== kept).map(name => path.join(folder, name)) : [];
}

function entriesBelow(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const item = path.join(folder, entry.name);
    return entry.isDirectory() ? entriesBelow(item) : [item];
  });
}

/** Starts the server on a socket of its own and asks for /version, which makes it load VS Code; /healthz would be 200 even if that fails. */
async function tryOut(work) {
  const program = path.join(work, 'bin/code-server');
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'waiide-ide-'));
  const env = { ...process.env, HOME: scratch };
  ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'HASHED_PASSWORD'].forEach(name => delete env[name]);
  try {
    const version = spawnSync(program, ['--config', '/dev/null', '--version'], { env, encoding: 'utf8' });
    if (version.status !== 0) {
      throw new Obstacle(`the IDE server does not run on this machine: ${lastLines(`${version.error ?? ''}${version.stdout}${version.stderr}`)}`);
    }

    const socket = path.join(scratch, 'socket');
    const server = start(program, ['--config', '/dev/null', '--auth', 'none', '--socket', socket, '--user-data-dir', path.join(scratch, 'data'),
      '--disable-telemetry', '--disable-update-check'], { env });
    try {
      const answered = await Promise.race([answersVersion(socket), server.ended.then(() => false)]);
      if (!answered) {
        throw new Obstacle(`the IDE server was installed but does not answer: ${lastLines(server.output())}`);
      }
    } finally {
      server.child.kill();
      await Promise.race([server.ended, pause(10_000, undefined, { ref: false }).then(() => server.child.kill('SIGKILL'))]);
    }

    return version.stdout;
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function answersVersion(socketPath) {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(100)) {
    const status = await new Promise(resolve => {
      http.get({ socketPath, path: '/version' }, answer => answer.resume().on('end', () => resolve(answer.statusCode))).on('error', () => resolve(0));
    });
    if (status === 200) {
      return true;
    }
  }

  return false;
}

function publish(work, tree) {
  try {
    fs.renameSync(work, tree);
  } catch (error) {
    // Somebody else was faster; their tree is the same as this one.
    if (!isReady(tree)) {
      throw error;
    }
  }
}

function sizeOf(folder) {
  return entriesBelow(folder).reduce((sum, file) => sum + fs.lstatSync(file).blocks * 512, 0);
}

function lastLines(text) {
  return text.trim().split('\n').slice(-20).join('\n');
}

function start(program, args, options) {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let text = '';
  [child.stdout, child.stderr].forEach(stream => stream.setEncoding('utf8').on('data', part => (text += part)));
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('close', resolve)).finally(() => children.delete(child));
  return { child, ended, output: () => text };
}

async function run(program, args, options) {
  const { ended, output } = start(program, args, options);
  return { status: await ended, output: output() };
}
