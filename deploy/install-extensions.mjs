#!/usr/bin/env node
// Installs the extensions of an image:  node install-extensions.mjs TREE WANTED TARGET
//
// TREE is the IDE server (ide/provision.mjs --where). WANTED has extensions.txt, with extensions of a gallery (EXTENSIONS_GALLERY, else Open VSX), and .vsix files, which need
// no network. TARGET gets a folder that is named after what is in it, and "current", a link to it: all that the IDE server takes as its own extensions, VS Code's among them,
// as links to TREE's place in an image, ../ide of TARGET.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Something that a person can put right: shown as one sentence, without a stack. */
class Obstacle extends Error {}

const vscode = 'node_modules/code-server/lib/vscode/extensions';
const pinned = /^[a-z0-9][a-z0-9-]*\.[a-z0-9][\w.-]*@\d+\.\d+\.\d+[\w.+-]*$/i;

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'waiide-extensions-'));
try {
  const [tree, wanted, target] = process.argv.slice(2);
  if (target === undefined) {
    throw new Obstacle('Usage: install-extensions.mjs TREE WANTED TARGET');
  }

  const installed = path.join(scratch, 'installed');
  fs.mkdirSync(installed);
  installListed(tree, wanted, installed);
  installFiles(tree, wanted, installed);
  requireDependencies(tree, installed);
  console.log(publish(tree, installed, target));
} catch (error) {
  console.error(error instanceof Obstacle ? `extensions: ${error.message}` : error);
  process.exitCode = 1;
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}

/** What the list names, and nothing that comes with it unasked: that would be another version tomorrow. */
function installListed(tree, wanted, installed) {
  const list = path.join(wanted, 'extensions.txt');
  const lines = (fs.existsSync(list) ? fs.readFileSync(list, 'utf8') : '').split('\n').map(line => line.trim()).filter(line => line && !line.startsWith('#'));
  const vague = lines.find(line => !pinned.test(line));
  if (vague) {
    throw new Obstacle(`'${vague}' in extensions.txt is not publisher.name@version, such as redhat.vscode-yaml@1.18.0.`);
  }

  install(tree, installed, lines, process.env.EXTENSIONS_GALLERY);
  const names = new Set(lines.map(line => line.toLowerCase()));
  const more = manifestsIn(installed).map(({ id, manifest }) => `${id}@${manifest.version}`).filter(name => !names.has(name));
  if (more.length > 0) {
    throw new Obstacle(`${more.join(', ')} came along with what extensions.txt asks for: add it there, so that its version is pinned, too.`);
  }
}

function installFiles(tree, wanted, installed) {
  // With a gallery it would fetch what a file depends on.
  install(tree, installed, fs.readdirSync(wanted).filter(name => name.endsWith('.vsix')).sort().map(name => path.resolve(wanted, name)), '{}');
}

function install(tree, installed, extensions, gallery) {
  if (extensions.length === 0) {
    return;
  }

  const env = { ...process.env, HOME: scratch };
  delete env.EXTENSIONS_GALLERY;
  if (gallery) {
    env.EXTENSIONS_GALLERY = gallery;
  }

  const { status, stdout, stderr } = spawnSync(
    path.join(tree, 'bin/code-server'),
    ['--config', '/dev/null', '--user-data-dir', path.join(scratch, 'data'), '--extensions-dir', installed, ...extensions.flatMap(extension => ['--install-extension', extension])],
    { env, encoding: 'utf8' });
  if (status !== 0) {
    throw new Obstacle(`code-server could not install ${extensions.map(extension => path.basename(extension)).join(', ')}:\n${stdout ?? ''}${stderr ?? ''}`.trim());
  }
}

function requireDependencies(tree, installed) {
  const there = manifestsIn(installed);
  const ids = new Set([...there, ...manifestsIn(path.join(tree, vscode))].map(({ id }) => id));
  for (const { id, manifest } of there) {
    const missing = (manifest.extensionDependencies ?? []).filter(name => !ids.has(name.toLowerCase()));
    if (missing.length > 0) {
      throw new Obstacle(`${id} needs ${missing.join(', ')}: put that beside it, too.`);
    }
  }
}

function publish(tree, installed, target) {
  fs.rmSync(path.join(installed, 'extensions.json'), { force: true });
  const there = manifestsIn(installed);
  for (const { folder, manifest } of there) {
    delete manifest.__metadata; // When it was installed.
    fs.writeFileSync(path.join(installed, folder, 'package.json'), JSON.stringify(manifest, undefined, 2));
  }

  // One of ours takes the place of VS Code's own of that name.
  const ids = new Set(there.map(({ id }) => id));
  const own = manifestsIn(path.join(tree, vscode)).filter(({ id }) => !ids.has(id)).map(({ folder }) => folder);
  for (const folder of [...own, 'node_modules']) {
    fs.symlinkSync(path.join('../../ide', vscode, folder), path.join(installed, folder));
  }

  // By its name a folder is a new one to browsers and to VS Code, which keep for long what they have read of extensions.
  const name = seal(installed, '', createHash('sha256')).digest('hex').slice(0, 12);
  fs.mkdirSync(target, { recursive: true });
  fs.rmSync(path.join(target, name), { recursive: true, force: true });
  fs.cpSync(installed, path.join(target, name), { recursive: true, verbatimSymlinks: true });
  fs.rmSync(path.join(target, 'current'), { force: true });
  fs.symlinkSync(name, path.join(target, 'current'));
  return path.join(target, name);
}

/** Everything below can be read by everybody, and goes into the hash. */
function seal(folder, below, hash) {
  fs.chmodSync(path.join(folder, below), 0o755);
  for (const entry of fs.readdirSync(path.join(folder, below), { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const name = path.join(below, entry.name);
    const file = path.join(folder, name);
    if (entry.isDirectory()) {
      seal(folder, name, hash);
    } else if (entry.isSymbolicLink()) {
      hash.update(`${name}\0${fs.readlinkSync(file)}\0`);
    } else {
      fs.chmodSync(file, fs.statSync(file).mode & 0o100 ? 0o755 : 0o644);
      hash.update(`${name}\0${fs.statSync(file).mode}\0`).update(fs.readFileSync(file));
    }
  }

  return hash;
}

/** The extensions in a folder: their names there, what they say of themselves, and their ids. */
function manifestsIn(folder) {
  return fs.readdirSync(folder)
    .filter(name => fs.existsSync(path.join(folder, name, 'package.json')))
    .map(name => ({ folder: name, manifest: JSON.parse(fs.readFileSync(path.join(folder, name, 'package.json'), 'utf8')) }))
    .filter(({ manifest }) => manifest.engines?.vscode !== undefined)
    .map(found => ({ ...found, id: `${found.manifest.publisher}.${found.manifest.name}`.toLowerCase() }));
}
