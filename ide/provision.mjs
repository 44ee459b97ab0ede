#!/usr/bin/env node
// Puts the IDE server where this machine keeps it, once per content: node provision.mjs [--where]
// The last line on stdout is its path; with --where it is the only one. Needs Node.js 18 or later, and npm the first time.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { abandon, entriesBelow, install, manifest, Obstacle, seconds } from './install.mjs';

const day = 24 * 60 * 60 * 1000;
const neededBytes = 600e6;
const here = path.dirname(fileURLToPath(import.meta.url));
const quiet = process.argv.includes('--where');
const say = text => (quiet ? process.stderr : process.stdout).write(`ide: ${text}\n`);

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

  // The key is a hash of all that goes into a tree, so another release, another stub or another architecture is another directory.
  const cache = path.resolve(process.env.WAIIDE_IDE_CACHE || path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'waiide', 'ide'));
  const inputs = ['package.json', 'package-lock.json', 'install.mjs', 'settings.json', ...filesBelow('bin'), ...filesBelow('stubs')];
  const tree = path.join(cache, keyOf(inputs));
  if (isReady(tree)) {
    markUsed(tree);
    if (!quiet) {
      say(`code-server ${manifest.dependencies['code-server']} is in place`);
    }

    return tree;
  }

  prepare(cache, tree);
  const work = fs.mkdtempSync(`${tree}.tmp-`);
  const giveUp = signal => {
    abandon();
    remove(work);
    process.exit(128 + os.constants.signals[signal]);
  };
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(signal => process.once(signal, giveUp));
  try {
    for (const file of inputs) {
      fs.cpSync(path.join(here, file), path.join(work, file));
    }

    fs.writeFileSync(path.join(work, '.ready'), await install(work, say));
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

/** A tree gets its name by a rename when it is whole, and loses this file first when it is removed. */
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
