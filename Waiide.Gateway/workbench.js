// Says in VS Code's page what VS Code cannot know: that this server stops soon, was stopped, or waits for another sign-in. VS Code itself then only says that it
// tries to reconnect. And says to the gateway what VS Code does not: which WebSockets are this window's, that somebody reads, or does something in a frame. The gateway adds this to the workbench's document (docs/decisions/0012-a-script-in-the-workbench.md). It must never be in the way: it takes
// no focus, asks only while somebody looks, and whatever fails in it stays in it.
(() => {
  'use strict';
  const script = document.currentScript;
  const api = new URL('.', script.src);
  const { hub, start, idleTimeout, journey } = script.dataset;
  const limit = Number(idleTimeout ?? Infinity) * 1_000;
  const [pause, pauseInTrouble, failuresThatCount] = [Math.min(20_000, Math.max(1_000, limit / 40)), 5_000, 3]; // A stop is announced for a quarter of the limit, or five minutes: it is seen soon.
  const pauseOfUse = Math.min(60_000, limit / 4);

  // VS Code names each of its WebSockets with a token, and keeps it when it comes back. By them the gateway knows which of the connections that ended was this window's.
  const tokens = [];
  const remember = address => {
    const token = new URL(address, location.href).searchParams.get('reconnectionToken');
    if (/^[\w-]{1,64}$/.test(token ?? '') && !tokens.includes(token)) { tokens.push(token); tokens.splice(0, tokens.length - 8); }
  };
  window.WebSocket = new Proxy(WebSocket, {
    construct(target, parameters, wanted) {
      try {
        remember(parameters[0]);
      } catch { /* Whatever it is, WebSocket itself says so. */ }
      return Reflect.construct(target, parameters, wanted);
    },
  });

  const style = `
    :host { all: initial; position: fixed; z-index: 3000; bottom: 36px; left: 50%; transform: translateX(-50%); width: max-content; max-width: min(46rem, calc(100vw - 24px));
      font: 13px/1.5 system-ui, sans-serif; --ink: #1f2328; --paper: #ffffff; --edge: #6e7781; --accent: #0b5cad; --on-accent: #ffffff; }
    :host(.dark) { --ink: #e6edf3; --paper: #1f242c; --edge: #7d8590; --accent: #6cb6ff; --on-accent: #0d1117; }
    .row { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; margin-top: 6px; padding: 8px 12px; color: var(--ink); background: var(--paper);
      border: 1px solid var(--edge); border-left: 4px solid var(--accent); border-radius: 6px; box-shadow: 0 4px 16px rgb(0 0 0 / .35); }
    p { margin: 0; flex: 1 1 14rem; overflow-wrap: anywhere; } time { font-weight: 600; font-variant-numeric: tabular-nums; }
    button, a { font: inherit; padding: 3px 10px; color: var(--accent); background: none; border: 1px solid var(--accent); border-radius: 4px; text-decoration: none; cursor: pointer; }
    .first { color: var(--on-accent); background: var(--accent); } :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    [role=status] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }`;

  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const host = make('div', { id: 'waiide-notices' });
  const rows = make('div');
  const spoken = make('div', { role: 'status' }); // Read out by screen readers, once for each text: the countdown beside it is not.
  const closed = new Set();
  let notices = [], trouble = null, worked = false, ended = false, wanted = false, failures = 0, clockAhead = 0, shown = '[]', cameFrom = null, lastSeen = null, timer;
  let usedAt = -Infinity, pointerAt = null;

  const reload = text => make('button', { className: 'first', textContent: text, onclick: () => location.reload() });
  const link = (text, href, className = '') => make('a', { textContent: text, href, className });
  const home = () => (hub ? [link("Open the hub's page", hub)] : []);
  const startUrl = () => `${start}?next=${encodeURIComponent(location.pathname + location.search)}`;

  // A hub looks only now and then whether its servers still run. Until it has seen the end, its page would lead back to the server that is no more; so the wish waits here.
  const begin = () => {
    if (!start) { return reload('Start it again'); }
    return ended ? link('Start it again', startUrl(), 'first') : wanted ? 'It starts as soon as the hub notices.'
      : make('button', { className: 'first', textContent: 'Start it again', onclick: () => { wanted = true; look(); } });
  };

  // By the person's own clock.
  const clock = time => new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  const timeOf = time => (time ? ` at ${clock(time)}` : '');
  const since = time => (time ? ` since ${clock(time)}` : '');
  const inWords = seconds => {
    const [count, unit] = seconds % 3600 === 0 ? [seconds / 3600, 'hour'] : seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
    return `${count} ${unit}${count === 1 ? '' : 's'}`;
  };

  const troubles = {
    signedOut: { text: () => 'Your session has ended. Sign in again to go on; what you typed is kept.', actions: () => [reload('Sign in again')] },
    refused: { text: () => 'You may no longer use this server.', actions: home },
    unused: { text: () => `The connection ended${timeOf(lastSeen)}: this server was stopped because nobody used it${idleTimeout ? ` for ${inWords(Number(idleTimeout))}` : ''}. Your files and unsaved editors are kept as they were then.`, actions: () => [begin(), ...home()] },
    stopped: { text: () => `The connection ended${timeOf(lastSeen)}: this server has stopped. Your files and unsaved editors are kept as they were then.`, actions: () => [begin(), ...home()] },
    gone: { text: () => `This server has not answered${since(lastSeen)}. If it has ended, it can be started again as soon as the hub notices. Unsaved editors are kept.`, actions: () => [begin(), ...home()] },
    incomplete: { text: () => 'A part of VS Code did not arrive, twice: the network or a proxy on the way does not let it through.', actions: () => [reload('Load it again'), ...home()] },
    silent: { text: () => `This server has not answered${since(lastSeen)}. VS Code goes on by itself as soon as it is back; leave this page open until then, it has what you type.`, actions: () => [reload('Reload'), ...home()] },
  };

  // By the server's clock, because people's clocks are wrong.
  const left = at => Math.max(0, Math.round((Date.parse(at) - clockAhead - Date.now()) / 1000));
  const wasAboutToStop = () => notices.some(notice => notice.id === 'idle' && notice.at && left(notice.at) < 60);

  const used = async () => {
    const answer = await fetch(new URL('activity', api), { method: 'POST' });
    if (!answer.ok) { throw new Error(String(answer.status)); }
    notices = notices.filter(notice => notice.id !== 'idle');
    show();
  };

  const keep = async button => {
    try {
      await used();
    } catch {
      button.replaceWith('Press a key in VS Code instead.');
    }
  };

  // "The connection ended at 10:32: the IDE server …"
  const textOf = notice => (notice.id === 'connection' ? notice.text.replace(/^The connection ended/, ended => ended + timeOf(notice.since)) : notice.text);

  const actionsOf = (notice, key) => {
    if (notice.id === 'idle') {
      const button = make('button', { className: 'first', textContent: 'Keep it running' });
      button.onclick = () => keep(button);
      return [button];
    }
    const close = make('button', { textContent: 'Close', onclick: () => { closed.add(key); show(); } });
    // VS Code offers it, too, but not in its first seconds: then it gives up and says nothing. While its server is not running there is nothing to load.
    if (notice.id === 'connection' && !notices.some(({ id }) => id === 'ide')) { return [reload('Reload'), close]; }
    return notice.urgent ? [] : [close];
  };

  const rowOf = (text, at, actions) => make('div', { className: 'row' }, make('p', {}, text, ...(at ? [' ', make('time', { dateTime: at, ariaHidden: 'true' })] : [])), ...actions);

  const tick = () => rows.querySelectorAll('time').forEach(time => {
    const seconds = left(time.dateTime);
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  });

  const show = () => {
    const keyOf = notice => `${notice.id} ${notice.since} ${notice.text}`;
    const open = trouble ? [] : notices.filter(notice => notice.urgent || !closed.has(keyOf(notice)));
    const words = trouble?.text();
    const now = JSON.stringify([words, trouble ? [ended, wanted] : open.map(({ id, text, at, urgent }) => [id, text, at, urgent])]);
    if (now !== shown) { // Else everything stays as it is, and with it the focus.
      shown = now;
      const hadFocus = host.matches(':focus-within');
      const workbench = document.querySelector('.monaco-workbench');
      host.className = (workbench ? workbench.matches('.vs-dark, .hc-black') : matchMedia('(prefers-color-scheme: dark)').matches) ? 'dark' : '';
      rows.replaceChildren(...(trouble ? [rowOf(words, null, trouble.actions())] : open.map(notice => rowOf(textOf(notice), notice.at, actionsOf(notice, keyOf(notice))))));
      spoken.textContent = words ?? open.map(textOf).join(' ');
      if (hadFocus) { cameFrom?.focus?.(); }
    }
    tick();
  };

  const ask = async () => {
    ended = false;
    const answer = await fetch(new URL('notices', api), { cache: 'no-store', redirect: 'manual', headers: { Accept: 'application/json', 'Waiide-Window': tokens.join() }, signal: AbortSignal.timeout(10_000) });
    if (answer.status === 401) { return worked ? troubles.signedOut : null; }
    if (answer.status === 403) { return worked ? troubles.refused : null; }
    // The hub answers in the server's place (424), or leads to its own pages.
    if (answer.status === 424 || answer.type === 'opaqueredirect') {
      ended = true;
      return wasAboutToStop() || trouble === troubles.unused ? troubles.unused : troubles.stopped;
    }
    if (!answer.ok) { throw new Error(String(answer.status), { cause: answer.status }); }
    ({ notices } = await answer.json());
    clockAhead = Date.parse(answer.headers.get('Date')) - Date.now() || 0;
    [worked, wanted, lastSeen] = [true, false, Date.now()];
    return null;
  };

  const look = async () => {
    clearTimeout(timer);
    let goOn = true;
    try {
      trouble = await ask();
      failures = 0;
      goOn = worked && trouble !== troubles.signedOut && trouble !== troubles.refused;
    } catch (failure) {
      failures++;
      // 502 to 504 come from what stands before the server.
      if (worked && failures >= failuresThatCount) { trouble = wasAboutToStop() ? troubles.unused : hub && failure.cause >= 502 ? troubles.gone : troubles.silent; }
    }
    trouble ??= 'waiideIncomplete' in document.documentElement.dataset ? troubles.incomplete : null; // workbench-guard.js has seen it.
    show();
    if (ended && wanted) {
      wanted = false; // Once: VS Code may have something that is not kept yet, and whoever then stays in the page means it.
      location.assign(startUrl());
    }
    if (goOn && (!document.hidden || shown !== '[null,[]]')) { timer = setTimeout(look, failures > 0 || notices.some(notice => notice.id === 'ide') ? pauseInTrouble : pause); }
  };

  // VS Code tells the gateway of keys and clicks, but not of somebody who reads, nor of what is done in a frame: a preview, a chat, a page of one's own.
  const saw = event => {
    if (event.type === 'pointermove') { // A browser says so, too, when the page moves below a pointer that rests.
      const at = `${event.screenX} ${event.screenY}`;
      const rests = pointerAt === null || pointerAt === at;
      pointerAt = at;
      if (rests) { return; }
    }
    if (!event.isTrusted || document.hidden || event.target === host || performance.now() - usedAt < pauseOfUse) { return; }
    usedAt = performance.now();
    used().catch(() => {}); // The next sign of a person tells it again.
  };

  // Frames come and go and are written anew, which takes their listeners away; a listener that is there already is not added again. Frames of other origins are not ours to watch.
  const watch = frame => {
    try {
      for (const name of ['pointermove', 'pointerdown', 'wheel', 'keydown', 'touchmove']) { frame.addEventListener(name, saw, { capture: true, passive: true }); }
    } catch {
      return;
    }
    for (let inner = 0; inner < frame.length; inner++) { watch(frame[inner]); }
  };

  // How long it took from the click until somebody can type ends a trace of the gateway's, where it keeps any (docs/telemetry.md). VS Code sets these marks for itself.
  const tellWhenReady = () => {
    const [document] = performance.getEntriesByType('navigation');
    const at = mark => performance.getEntriesByName(`code/${mark}`)[0]?.startTime;
    const observer = new PerformanceObserver(() => {
      const [scripts, workbench] = [at('didLoadWorkbenchMain'), at('didStartWorkbench')];
      if (!(workbench >= scripts)) { return; }
      observer.disconnect();
      const times = { journey, request: document.requestStart, response: document.responseEnd, scripts: Math.max(scripts, document.responseEnd), workbench };
      fetch(new URL('journey', api), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(times) }).catch(() => {}); // A trace less.
    });
    observer.observe({ type: 'mark', buffered: true });
  };

  const begins = () => {
    host.attachShadow({ mode: 'open' }).append(make('style', { textContent: style }), spoken, rows);
    host.setAttribute('role', 'region');
    host.setAttribute('aria-label', 'Messages of this server');
    host.addEventListener('focusin', event => { cameFrom = event.relatedTarget ?? cameFrom; });
    for (const name of ['keydown', 'keypress', 'keyup']) { host.addEventListener(name, event => event.stopPropagation()); } // Keys pressed here are no shortcuts of VS Code.
    document.body.prepend(host); // First, so that Tab reaches it from the top of the page.
    window.addEventListener('waiide-incomplete', look);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) { look(); } });
    setInterval(() => { tick(); watch(window); }, 1_000);
    timer = setTimeout(look, 2_000); // VS Code first.
  };

  if (journey) { tellWhenReady(); }
  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', begins);
  } else {
    begins();
  }
})();
