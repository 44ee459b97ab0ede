#!/usr/bin/env node
// Stands in for podman where a test compares what an engine is asked for: writes down what it is asked, and runs for each container a server that answers
// every request. Everything it keeps is in its own folder; its servers end when that is gone.
const fs = require('node:fs'), path = require('node:path'), http = require('node:http'), { spawn } = require('node:child_process');
const folder = path.dirname(__filename), kept = name => path.join(folder, name + '.container');
const args = process.argv.slice(2), [verb, second, ...others] = args, last = args.at(-1);
const write = (file, content) => { fs.writeFileSync(file + '.new', content); fs.renameSync(file + '.new', file); }; // Whoever reads it reads all of it.
const read = name => { try { return JSON.parse(fs.readFileSync(kept(name))); } catch { return null; } };
const lives = pid => { try { process.kill(pid, 0); return true; } catch { return false; } };
const ended = async (name, then) => { while (lives(read(name)?.pid ?? 0) && read(name)) await new Promise(next => setTimeout(next, 100)); then?.(); };
const option = name => args.flatMap((argument, i) => argument === name ? [args[i + 1]] : []);

const commands = {
  serve() { // The server of a container: serve NAME PORT
    const server = http.createServer((_, answer) => answer.end('ok')).listen(Number(others[0] ?? 0), '127.0.0.1', () => {
      write(kept(second), JSON.stringify({ ...read(second), pid: process.pid, hostPort: server.address().port, startedAt: new Date().toISOString() }));
    });
    setInterval(() => fs.existsSync(folder) || process.exit(), 200);
  },
  async start() {
    const made = path.join(folder, last + '.made');
    if (fs.existsSync(made)) fs.renameSync(made, path.join(folder, last + '.asked')); // Its files were copied before.
    spawn(process.execPath, [__filename, 'serve', last, read(last).port], { detached: true, stdio: 'ignore' }).unref();
    while (!read(last)?.pid) await new Promise(next => setTimeout(next, 20));
  },
  create() {
    const name = option('--name')[0], [, port, target] = option('--publish')[0].split(':');
    const variables = option('--env-file').flatMap(file => fs.readFileSync(file, 'utf8').split('\n').filter(line => line));
    write(kept(name), JSON.stringify({ port, target }));
    write(path.join(folder, name + '.made'), JSON.stringify({ args, variables }));
  },
  cp() { fs.writeFileSync(path.join(folder, last.replace(':/', '.tar')), fs.readFileSync(0)); },
  container() {
    if (second !== 'inspect') return;
    const it = read(last);
    if (!it) {
      console.error('Error: inspecting object: no such container ' + last);
      process.exit(1);
    }

    console.log(JSON.stringify([{
      Id: last, State: { Running: lives(it.pid ?? 0), StartedAt: it.startedAt ?? '0001-01-01T00:00:00Z' }, Config: { Labels: {} },
      NetworkSettings: { Ports: { [it.target + '/tcp']: [{ HostPort: String(it.hostPort ?? '') }] } },
    }]));
  },
  image() { console.log('sha256:recorded'); },
  network() { if (second === 'inspect') console.log('[{"subnets":[{"subnet":"127.0.0.0/24","gateway":"127.0.0.2"}]}]'); },
  logs() { return ended(last); },
  wait() { return ended(last, () => console.log(137)); },
  stop() { process.kill(read(last).pid); return ended(last); },
  rm() { },
  ps() { },
};
commands[verb]();
