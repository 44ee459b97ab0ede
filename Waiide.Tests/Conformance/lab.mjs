// The single-user servers of the lab that the recordings were made in. Its name says what a server does: slow-1 answers after 10 s, sig-1 ignores
// SIGINT and SIGTERM, bad-1 exits at once, e500-1 answers 503 for 5 s, never-1 never listens. hank's takes 4 s to start. All of them echo.
import { createServer } from 'node:http';

const { JUPYTERHUB_USER: user, JUPYTERHUB_SERVER_NAME: name, JUPYTERHUB_SERVICE_PREFIX: prefix, JUPYTERHUB_SERVICE_URL: url } = process.env;
const kind = name.split('-')[0];
const started = Date.now();

if (kind === 'bad') process.exit(1);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { if (kind !== 'sig') process.exit(0); });

const server = createServer((request, response) => {
  response.setHeader('X-JupyterHub-Version', process.env.LAB_VERSION);
  response.setHeader('Content-Security-Policy', "frame-ancestors 'none'");
  const answer = (status, headers, body = '') => response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body);
  if (kind === 'e500' && Date.now() - started < 5000) return answer(503, {});
  if (!request.url.startsWith(prefix)) return answer(302, { Location: `/hub${request.url}` });
  const path = request.url.slice(prefix.length).split('?')[0];
  const body = path === 'env' ? process.env : { hello: user, path, headers: request.headers };
  return answer(200, { 'Content-Type': 'application/json' }, JSON.stringify(body));
});

if (kind === 'never') setInterval(() => {}, 1000);
else setTimeout(() => server.listen(Number(new URL(url).port), '127.0.0.1'), kind === 'slow' ? 10000 : user === 'hank' ? 4000 : 0);
