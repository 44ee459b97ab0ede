// A single-user server without anything in it, for hubs to start: it listens where the hub says, and tells what it was given.
// What it does wrong is in its server name, as in the recordings: slow-1 (answers after 5 s), sig-1 (ignores SIGINT and SIGTERM),
// bad-1 (exits at once), e500-1 (answers 503 three times first), never-1 (never answers), die-1 (exits when asked for {prefix}die).
import { createServer } from 'node:http';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const name = process.env.JUPYTERHUB_SERVER_NAME;
const url = new URL(process.env.JUPYTERHUB_SERVICE_URL);
const prefix = process.env.JUPYTERHUB_SERVICE_PREFIX;
const kind = name.split('-')[0];

if (kind === 'bad') process.exit(1);
if (kind === 'sig') for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => console.log(`ignored ${signal}`));
else for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { console.log(`stopped by ${signal}`); process.exit(0); });

const stat = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
let refusals = kind === 'e500' ? 3 : 0;

const server = createServer((request, response) => {
  response.setHeader('X-JupyterHub-Version', process.env.SINGLEUSER_VERSION ?? '0.0.0');
  if (refusals > 0) {
    refusals--;
    response.writeHead(503).end();
    return;
  }
  const json = body => response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  switch (request.url) {
    case `${prefix}api`: return json({ version: 'stub' });
    case `${prefix}env`:
      return json({ argv: process.argv.slice(2), cwd: process.cwd(), env: process.env, pid: process.pid, ppid: Number(stat[1]), pgid: Number(stat[2]), sid: Number(stat[3]) });
    case `${prefix}die`: response.end(); return process.exit(3);
    default: return json({ method: request.method, target: request.url, headers: request.rawHeaders });
  }
});

// A WebSocket that takes everything and says nothing.
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.on('error', () => {});
  socket.resume();
});

if (kind !== 'never') setTimeout(() => server.listen(Number(url.port), url.hostname), kind === 'slow' ? 5000 : 0);
else setInterval(() => {}, 1000);
