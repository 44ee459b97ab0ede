// Makes one tree of the IDE server: npm fetches it, links and pruning finish it, a start on trial proves it.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const children = new Set();
const started = Date.now();
export const manifest = JSON.parse(fs.readFileSync(path.join(path.dirname(fileURLToPath(import.meta.url)), 'package.json'), 'utf8'));

/** Something that a person can put right: shown as one sentence, without a stack. */
export class Obstacle extends Error {}

export const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;

/** Finishes a directory that holds what the tree is made from; returns what the server says of its version. */
export async function install(work, say) {
  const runtime = nodePackage();
  say(`installing code-server ${manifest.dependencies['code-server']} and Node.js ${manifest.optionalDependencies[runtime]} (${manifest.config.download}, once)`);
  await fetchPackages(work, say);
  arrange(work, runtime);
  prune(work, runtime);
  say(`starting it once to see that it works, ${seconds()}`);
  return tryOut(work);
}

/** Ends what install has running. */
export function abandon() {
  children.forEach(child => child.kill('SIGKILL'));
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

async function fetchPackages(work, say) {
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
    path.join(modules, 'typescript/lib/_tsc.js'), // The compiler's command; VS Code has its own use of the language service.
    path.join(modules, 'code-server/lib/vscode/out/nls.metadata.json'), // For those who translate.
    ...packagesIn(modules).map(folder => path.join(folder, 'test')).filter(folder => fs.existsSync(folder)), // Of httpolyglot's a private key is a part.
    ...entriesBelow(modules).filter(file => /\.(js|cjs|mjs|css|d\.ts)\.map$/.test(file)),
    ...entriesBelow(modules).filter(file => !file.startsWith(path.join(modules, 'typescript')) && !file.startsWith(extensions) && /\.d\.[cm]?ts$|\/(README|CHANGELOG|HISTORY)\.md$/i.test(file)),
  ];
  unwanted.forEach(item => fs.rmSync(item, { recursive: true, force: true }));
}

function packagesIn(modules) {
  return fs.readdirSync(modules).flatMap(name => (name.startsWith('@') ? fs.readdirSync(path.join(modules, name)).map(below => path.join(modules, name, below)) : [path.join(modules, name)]));
}

function othersThan(kept, folder) {
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter(name => name !== kept).map(name => path.join(folder, name)) : [];
}

export function entriesBelow(folder) {
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
      if (!await answersVersion(socket, server.child)) {
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

async function answersVersion(socketPath, server) {
  for (const end = Date.now() + 60_000; Date.now() < end && server.exitCode === null && server.signalCode === null; await pause(100)) {
    const status = await new Promise(resolve => {
      const request = http.get({ socketPath, path: '/version', timeout: 30_000 }, answer => answer.resume().on('close', () => resolve(answer.statusCode)));
      request.on('timeout', () => request.destroy()).on('error', () => resolve(0));
    });
    if (status === 200) {
      return true;
    }
  }

  return false;
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
