#!/usr/bin/env node
// Does the provisioned tree hold every module that the IDE server imports? node check.mjs [path]
// What upstream imports and this project leaves out stands in skipped.json with the reason.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const tree = path.resolve(process.argv[2] ?? execFileSync(process.execPath, [path.join(here, 'provision.mjs'), '--where'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim());
const skipped = readJson(path.join(here, 'skipped.json'));
const vscode = path.join(tree, 'node_modules/code-server/lib/vscode');

const imports = findImports([path.join(tree, 'node_modules/code-server/out'), path.join(vscode, 'out'), path.join(vscode, 'extensions')]);
const faults = new Set([...ofTheLock(), ...ofUpstreamsList(), ...ofTheImports(imports), ...ofNativeCode()]);
if (faults.size > 0) {
  faults.forEach(fault => console.error(`ide: ${fault}`));
  process.exit(1);
}

console.log(`ide: ${new Set(imports.map(found => found.module)).size} modules are imported from ${new Set(imports.map(found => found.file)).size} files; each is in ${tree} or skipped on purpose`);

/** Everything that the lock promises is there; optional packages may be another system's. */
function ofTheLock() {
  return Object.entries(readJson(path.join(tree, 'package-lock.json')).packages)
    .filter(([place, entry]) => place !== '' && !entry.optional && !fs.existsSync(path.join(tree, place, 'package.json')))
    .map(([place]) => `${place} is in package-lock.json but not installed.`);
}

/** What VS Code and its extensions declare is installed in the version that upstream was built with. The browser's part asks for modules by URL, so only this list tells them. */
function ofUpstreamsList() {
  return [vscode, path.join(vscode, 'extensions')].flatMap(folder => {
    const { packages } = readJson(path.join(folder, 'npm-shrinkwrap.json'));
    return Object.keys(packages[''].dependencies).filter(name => !(name in skipped)).flatMap(name => {
      const wanted = packages[`node_modules/${name}`].version;
      const at = path.join(tree, 'node_modules', name, 'package.json');
      const installed = fs.existsSync(at) ? readJson(at).version : 'not installed';
      return installed === wanted ? [] : [`${name} is ${installed}; this code-server was built with ${wanted}.${stubAdvice(name)}`];
    });
  });
}

function stubAdvice(name) {
  const stub = path.join('stubs', path.basename(name));
  return fs.existsSync(path.join(here, stub)) ? ` See whether ide/${stub} still has what VS Code calls, then set the version in its package.json.` : '';
}

function ofTheImports(found) {
  return found.flatMap(({ module, file, isStatic }) => {
    const from = path.relative(tree, file);
    if (!(packageOf(module) in skipped)) {
      return resolves(module, file) ? [] : [`${module} is missing; ${from} imports it. Add it to ide/package.json, or to ide/skipped.json with the reason.`];
    }

    // A static import of an absent module ends the program that has it. The agent host is one that never starts here.
    return isStatic && !from.includes('/agentHost/') && !resolves(module, file) ? [`${module} is skipped, but ${from} cannot start without it.`] : [];
  });
}

/** Prebuilt native code loads on this machine, in the Node.js that it will run in. */
function ofNativeCode() {
  const ripgrep = path.join(tree, 'node_modules/@vscode/ripgrep-universal/bin', `linux-${process.arch}`, 'rg');
  return [
    ['node-pty', ['-e', 'require("node-pty")']],
    ['@parcel/watcher', ['-e', 'require("@parcel/watcher")']],
    ['argon2', ['-e', 'require("argon2")']],
    ['ripgrep', ['-e', `require("child_process").execFileSync(${JSON.stringify(ripgrep)}, ["--version"])`]],
  ].flatMap(([name, args]) => {
    try {
      execFileSync(path.join(tree, 'bin/node'), args, { cwd: path.join(tree, 'node_modules/code-server'), stdio: 'pipe' });
      return [];
    } catch (error) {
      return [`${name} does not load: ${String(error.stderr ?? error).trim().split('\n').find(line => line.includes('Error')) ?? error.message}`];
    }
  });
}

/** Imports as bundlers leave them: import{a}from"x", import*as a from"x", import"x", import("x"), require("x"). */
function findImports(folders) {
  const name = '((?:@[a-z0-9-]+/)?[a-z0-9][a-z0-9._-]*(?:/[\\w./-]+)?)';
  const forms = [
    { isStatic: true, pattern: new RegExp(`(?:\\}|\\bas [\\w$]+|\\bimport [\\w$]+|\\*)\\s*\\bfrom\\s*["']${name}["']`, 'g') },
    { isStatic: true, pattern: new RegExp(`(?:^|[;}\\n])import\\s*["']${name}["']`, 'g') },
    { isStatic: false, pattern: new RegExp(`\\b(?:import|require|__require)\\(\\s*["'\`]${name}["'\`]\\s*\\)`, 'g') },
  ];
  const builtin = new Set([...builtinModules, 'vscode']); // The extension host itself answers for vscode.
  return folders.flatMap(programsBelow).flatMap(file => {
    const text = fs.readFileSync(file, 'utf8');
    return forms.flatMap(({ isStatic, pattern }) => [...text.matchAll(pattern)].map(match => ({ module: match[1], file, isStatic })))
      .filter(({ module }) => !builtin.has(module));
  });
}

function programsBelow(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const item = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      return entry.name === 'node_modules' ? [] : programsBelow(item);
    }

    return /\.[cm]?js$/.test(entry.name) && !/\.config\.[cm]?js$/.test(entry.name) ? [item] : [];
  });
}

function resolves(module, file) {
  const name = packageOf(module);
  for (let folder = path.dirname(file); folder.startsWith(tree); folder = path.dirname(folder)) {
    const at = path.join(folder, 'node_modules', name);
    if (fs.existsSync(path.join(at, 'package.json'))) {
      return module === name || fs.existsSync(path.join(folder, 'node_modules', module)) || canRequire(module, file);
    }
  }

  return false;
}

function canRequire(module, file) {
  try {
    createRequire(file).resolve(module);
    return true;
  } catch {
    return false;
  }
}

function packageOf(module) {
  return module.split('/').slice(0, module.startsWith('@') ? 2 : 1).join('/');
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}
