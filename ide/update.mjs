#!/usr/bin/env node
// Moves the IDE server to another release of code-server: node update.mjs <version>
// Works on a copy; package.json and package-lock.json here change only when the new tree starts and passes check.mjs.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const version = process.argv[2];
if (!/^\d+\.\d+\.\d+$/.test(version ?? '')) {
  console.error('ide: say which release: node ide/update.mjs 4.139.1 (npm view code-server versions lists them).');
  process.exit(1);
}

const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'waiide-ide-update-'));
fs.cpSync(here, copy, { recursive: true });
const manifest = readJson(path.join(copy, 'package.json'));

try {
  move();
  fs.rmSync(copy, { recursive: true });
} catch (error) {
  // The program that failed has said why, right above.
  console.error(`ide: not moved: ${error.message.split('\n')[0]}. What was tried is in ${copy}`);
  process.exitCode = 1;
}

function move() {
  say(`reading what code-server ${version} was built with`);
  const release = unpack(`code-server@${version}`);
  const before = Object.keys(manifest.dependencies);
  manifest.dependencies = dependenciesOf(release);
  const after = Object.keys(manifest.dependencies);
  tell('new in the list (if only something that is off here needs it, name it in ide/skipped.json)', after.filter(name => !before.includes(name)));
  tell('no longer in the list', before.filter(name => !after.includes(name)));
  manifest.optionalDependencies = runtimesFor(readJson(path.join(release, 'package.json')).engines.node);
  writeJson('package.json', manifest);

  say(`resolving, with Node.js ${Object.values(manifest.optionalDependencies)[0]}`);
  npm(['install', '--package-lock-only', '--ignore-scripts', '--engine-strict=false', '--loglevel=error']);
  writeJson('package-lock.json', withoutRegistry(readJson(path.join(copy, 'package-lock.json'))));

  // An npm cache of its own measures the download, and proves that nothing comes from elsewhere.
  const caches = { WAIIDE_IDE_CACHE: path.join(copy, 'cache'), npm_config_cache: path.join(copy, 'npm') };
  run(process.execPath, ['provision.mjs'], caches);
  manifest.config = { download: `${Math.round(sizeOf(caches.npm_config_cache) / 1e6)} MB` };
  writeJson('package.json', manifest);
  run(process.execPath, ['check.mjs', onlyEntryOf(caches.WAIIDE_IDE_CACHE)], caches);

  for (const file of ['package.json', 'package-lock.json']) {
    fs.copyFileSync(path.join(copy, file), path.join(here, file));
  }

  say(`moved to code-server ${version}: run the tests, then commit ide/package.json and ide/package-lock.json`);
}

/** All that VS Code declares, in the versions it was built with, but for what skipped.json leaves out and what a stub stands in for. */
function dependenciesOf(folder) {
  const skipped = readJson(path.join(copy, 'skipped.json'));
  const lists = ['lib/vscode', 'lib/vscode/extensions'].map(part => readJson(path.join(folder, part, 'npm-shrinkwrap.json')).packages);
  const versionOf = name => lists.map(packages => packages[`node_modules/${name}`]?.version).find(found => found !== undefined);
  const declared = lists.flatMap(packages => Object.keys(packages[''].dependencies)).filter(name => !(name in skipped));
  // A module may be imported without being declared; once one is in our list it stays while upstream still has it.
  const kept = Object.keys(manifest.dependencies).filter(name => versionOf(name) !== undefined);
  const stubbed = name => manifest.dependencies[name]?.startsWith('file:') ? manifest.dependencies[name] : undefined;
  const all = [...new Set([...declared, ...kept])].map(name => [name, stubbed(name) ?? versionOf(name)]);
  return Object.fromEntries([...all, ['code-server', version]].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The newest Node.js of the major version that code-server asks for, published for every architecture. */
function runtimesFor(major) {
  const names = Object.keys(manifest.optionalDependencies);
  const published = names.map(name => [JSON.parse(npm(['view', `${name}@${major}`, 'version', '--json']))].flat());
  const newest = published[0].filter(found => published.every(list => list.includes(found))).sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).pop();
  return Object.fromEntries(names.map(name => [name, newest]));
}

/** npm writes the address of the registry that it was resolved from; the integrity hashes do without. Stubs keep their path. */
function withoutRegistry(lock) {
  for (const entry of Object.values(lock.packages)) {
    if (!entry.link) {
      delete entry.resolved;
    }
  }

  return lock;
}

function unpack(name) {
  const [{ filename }] = JSON.parse(npm(['pack', name, '--json', '--loglevel=error']));
  execFileSync('tar', ['-xzf', filename], { cwd: copy });
  fs.rmSync(path.join(copy, filename));
  return path.join(copy, 'package');
}

function npm(args) {
  return execFileSync('npm', args, { cwd: copy, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 64e6 });
}

function run(program, args, env) {
  execFileSync(program, args, { cwd: copy, stdio: 'inherit', env: { ...process.env, ...env } });
}

function onlyEntryOf(folder) {
  return path.join(folder, fs.readdirSync(folder)[0]);
}

function sizeOf(folder) {
  return fs.readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const item = path.join(folder, entry.name);
    return sum + (entry.isDirectory() ? sizeOf(item) : fs.statSync(item).size);
  }, 0);
}

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, 'utf8'));
}

function writeJson(name, value) {
  fs.writeFileSync(path.join(copy, name), `${JSON.stringify(value, null, 2)}\n`);
}

function tell(what, names) {
  if (names.length > 0) {
    say(`${what}: ${names.join(', ')}`);
  }
}

function say(text) {
  console.log(`ide: ${text}`);
}
