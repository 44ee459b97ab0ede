// The pages of the hub work without this script as far as signing in, starting and opening go. With it they act in place and stay up to date.
// Everything that it does goes through the hub's public REST API (and, for passwords, one address of the admin page).
const hub = document.documentElement.dataset.hub;
const main = document.querySelector('main');
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

// The hub's own cookie comes first: browsers order by the length of the path.
const xsrf = () => document.cookie.split('; ').find(cookie => cookie.startsWith('_xsrf='))?.slice('_xsrf='.length) ?? '';
const headers = () => ({ 'X-XSRFToken': xsrf(), Accept: 'application/json, text/event-stream, text/html' });

/** One call of the API; what it refuses is an Error in the hub's own words. */
async function call(method, path, body) {
  let answer;
  try {
    answer = await fetch(hub + path, { method, headers: { ...headers(), 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Error('The hub does not answer.');
  }
  const text = await answer.text();
  const json = answer.headers.get('Content-Type')?.startsWith('application/json') && text ? JSON.parse(text) : null;
  if (!answer.ok) {
    throw new Error(json?.message ?? `The hub answered ${answer.status}.`);
  }
  return json;
}

// ---- Saying things -------------------------------------------------------------------------------------------------

function say(text, failed = false) {
  const [told, alarm] = [document.getElementById('said'), document.getElementById('failed')];
  (failed ? told : alarm).textContent = '';
  (failed ? alarm : told).textContent = text;
  clearTimeout(say.timer);
  say.timer = failed ? undefined : setTimeout(() => { told.textContent = ''; }, 6000);
}

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** A dialog; resolves with the value of the button that closed it. */
function ask(title, content, buttons) {
  const heading = element('h2', { id: 'asked', textContent: title });
  const dialog = element('dialog', {}, element('form', { method: 'dialog' }, heading, ...content, element('div', { className: 'do' }, ...buttons)));
  dialog.setAttribute('aria-labelledby', 'asked');
  document.body.append(dialog);
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(dialog.returnValue);
  }));
}

const confirmed = async (question, verb) => await ask(question, [], [
  element('button', { className: 'quiet', value: '', textContent: 'Cancel', autofocus: true }),
  element('button', { className: 'danger', value: 'yes', textContent: verb }),
]) === 'yes';

/** Shows a secret this once. */
function reveal(title, label, secret) {
  const shown = element('input', { type: 'text', readOnly: true, value: secret, id: 'secret', autofocus: true });
  const copy = element('button', { className: 'quiet', type: 'button', textContent: 'Copy' });
  copy.addEventListener('click', async () => {
    shown.select();
    // Without https there is no clipboard but the old one.
    await (navigator.clipboard?.writeText(secret) ?? Promise.reject()).catch(() => document.execCommand('copy'));
    copy.textContent = 'Copied';
  });
  const hint = element('p', { className: 'hint', textContent: 'It is shown only now. Keep it where nobody else reads it.' });
  return ask(title, [element('label', { htmlFor: 'secret', textContent: label }), shown, hint], [copy, element('button', { value: 'done', textContent: 'Done' })]);
}

// ---- Staying up to date --------------------------------------------------------------------------------------------

/** Makes one tree like another and leaves alone what is the same: focus, what is typed, what is folded out, and whatever is data-keep. */
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName || (old.id ?? '') !== (fresh.id ?? '')) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) {
      old.data = fresh.data;
    }
    return;
  }
  if ('keep' in old.dataset) {
    return;
  }
  for (const { name } of [...old.attributes].filter(({ name }) => name !== 'open' && !fresh.hasAttribute(name))) {
    old.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes].filter(({ name, value }) => old.getAttribute(name) !== value)) {
    old.setAttribute(name, value);
  }
  const children = [...fresh.childNodes];
  const staying = new Set(children.map(child => child.id).filter(Boolean));
  for (const child of [...old.children].filter(child => child.id && !staying.has(child.id))) {
    child.remove();
  }
  let at = old.firstChild;
  for (const child of children) {
    const same = child.id ? [...old.children].find(other => other.id === child.id) : at && !at.id ? at : null;
    if (!same) {
      old.insertBefore(child, at);
      continue;
    }
    if (same !== at) {
      old.insertBefore(same, at);
    }
    at = same.nextSibling;
    morph(same, child);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

// The server that the user is at. Its buttons come and go with its state, and the focus must not go with them.
let place;
document.addEventListener('focusin', event => { place = event.target.closest('[data-server]')?.dataset.server; });
document.addEventListener('pointerdown', event => { place = event.target.closest('[data-server]')?.dataset.server; });

async function refresh() {
  const answer = await fetch(location.href, { headers: headers(), redirect: 'manual' });
  if (answer.type === 'opaqueredirect') {
    location.reload(); // To the login, or into the server.
    return;
  }
  if (!answer.ok) {
    throw new Error(`The hub answered ${answer.status}.`);
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
  morph(main, fresh);
  if (place && document.activeElement === document.body) {
    rowOf(place)?.querySelector('.do a, .do button:not(:disabled)')?.focus();
  }
  watchAll();
}

if (main.dataset.refresh) {
  let failures = 0;
  const again = () => document.visibilityState === 'visible' && !document.querySelector('dialog')
    ? refresh().then(() => { if (failures > 1) { say('The hub is back.'); } failures = 0; }, () => { if (++failures === 2) { say('The hub does not answer. This page keeps trying.', true); } })
    : Promise.resolve();
  (async () => {
    for (;;) {
      await pause(main.dataset.refresh * 1000);
      await again();
    }
  })();
  document.addEventListener('visibilitychange', again);
}

// ---- Servers -------------------------------------------------------------------------------------------------------

const rowOf = path => document.querySelector(`[data-server="${CSS.escape(path)}"]`);
const watching = new Set();

/** The events of a start; ends with the one that says how it went, or with null if the stream is not there or breaks off. */
async function follow(path, signal) {
  const answer = await fetch(`${hub}${path}/progress`, { headers: headers(), signal });
  if (!answer.ok) {
    return null;
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let part; !(part = await reader.read()).done;) {
    const blocks = (text + part.value).split('\n\n');
    text = blocks.pop();
    for (const block of blocks.map(block => block.trim()).filter(block => block.startsWith('data:'))) {
      const event = JSON.parse(block.slice('data:'.length));
      show(path, event);
      if (event.ready || event.failed) {
        reader.cancel();
        return event;
      }
    }
  }
  return null;
}

function show(path, event) {
  const part = rowOf(path)?.querySelector('.progress');
  if (!part) {
    return;
  }
  part.hidden = false;
  const [bar, message, log, error, again] = ['progress', '.message', 'ol', '.error', '[data-again]'].map(selector => part.querySelector(selector));
  error.hidden = again.hidden = !event.failed;
  bar.hidden = message.hidden = !!event.failed;
  bar.value = event.progress ?? 0;
  (event.failed ? error : message).textContent = event.message;
  const words = `${event.progress ?? 0} % – ${event.message}`;
  if (log.lastElementChild?.textContent !== words) {
    log.append(element('li', { textContent: words }));
  }
  part.querySelector('details').hidden = false;
}

/** Follows a server until it is ready or has failed; with a request that starts it, from that on. */
async function watch(path, request) {
  if (watching.has(path)) {
    return;
  }
  watching.add(path);
  const stop = new AbortController();
  let [refusal, answered] = [null, !request];
  request?.then(() => { answered = true; }, error => { refusal = error.message; stop.abort(); });
  if (request) {
    const row = rowOf(path);
    row?.querySelector('ol')?.replaceChildren();
    show(path, { progress: 0, message: 'The hub is asked to start it' });
    row?.querySelectorAll('.do button').forEach(button => { button.disabled = true; });
  }
  try {
    for (;;) {
      await pause(request ? 150 : 0); // A start that the hub has not begun has no progress yet.
      const end = await follow(path, stop.signal).catch(() => null);
      if (refusal !== null || end?.failed) {
        await refresh().catch(() => {});
        show(path, { failed: true, progress: 100, message: refusal ?? end.message });
        rowOf(path)?.querySelectorAll('.do button').forEach(button => { button.disabled = false; });
        return;
      }
      await refresh();
      const row = rowOf(path);
      if (end?.ready || (answered && row?.dataset.state !== 'spawning')) {
        row?.querySelector('.progress')?.setAttribute('hidden', '');
        row?.querySelectorAll('.do button').forEach(button => { button.disabled = false; });
        if (row?.dataset.state === 'ready') {
          say(`${row.dataset.name} is ready.`);
        }
        return;
      }
      await pause(500);
    }
  } finally {
    watching.delete(path);
  }
}

function watchAll() {
  for (const row of document.querySelectorAll('[data-server][data-state=spawning]:not([data-attached])')) {
    watch(row.dataset.server).catch(error => say(error.message, true));
  }
}

// ---- What the user does --------------------------------------------------------------------------------------------

const segment = name => encodeURIComponent(name).replaceAll('%40', '@');
const lines = text => text.split(/[\s,]+/).filter(Boolean);

/** What each form does, by its name; the value it ends with is what to say. */
const forms = {
  async start(form) {
    const path = form.closest('[data-server]').dataset.server;
    await watch(path, call('POST', path));
  },
  async add(form, { name }) {
    const path = `api/users/${form.dataset.user}/servers/${segment(name.trim())}`;
    const request = call('POST', path);
    // It may take as long as a start takes; an answer that comes at once is a refusal, or it was quick.
    await Promise.race([request, pause(400)]);
    form.reset();
    await refresh();
    await watch(path, request);
  },
  async token(form, { note, lifetime, scopes }) {
    const body = { note: note || undefined, expires_in: Number(lifetime) || undefined, scopes: scopes.trim() ? lines(scopes) : undefined };
    const made = await call('POST', `api/users/${form.dataset.user}/tokens`, body);
    form.reset();
    await refresh();
    await reveal('Your new token', made.note || 'Token', made.token);
  },
  async users(form, { names, admin }) {
    await call('POST', 'api/users', { usernames: lines(names), admin: admin === 'on' });
    form.reset();
    return 'Added. Set a password for each, and they can sign in.';
  },
  async group(form, { name }) {
    await call('POST', `api/groups/${segment(name.trim())}`);
    form.reset();
    return `The group ${name} is there.`;
  },
  async member(form, { name }) {
    await call('POST', `${form.dataset.path}/users`, { users: [name.trim()] });
    form.reset();
    return `${name} is a member now.`;
  },
};

document.addEventListener('submit', async event => {
  const form = event.target;
  const act = forms[form.dataset.form];
  if (!act) {
    return;
  }
  event.preventDefault();
  const error = form.querySelector('.error');
  error?.setAttribute('hidden', '');
  try {
    const told = await act(form, Object.fromEntries(new FormData(form)));
    if (told) {
      say(told);
      await refresh();
    }
  } catch (problem) {
    if (error) {
      error.textContent = problem.message;
      error.hidden = false;
    } else {
      say(problem.message, true);
    }
  }
});

// Buttons that are one call: data-method, data-path, data-body; data-confirm asks before, data-said is said after.
document.addEventListener('click', async event => {
  const button = event.target.closest('button[data-method]');
  if (!button) {
    return;
  }
  const { method, path, body, confirm, said, secret } = button.dataset;
  if (confirm && !await confirmed(confirm, button.textContent.trim())) {
    return;
  }
  button.disabled = true;
  try {
    const answer = await call(method, path, body && JSON.parse(body));
    if (secret) {
      await reveal(said, secret, answer.password);
    } else {
      say(said);
    }
    await refresh();
  } catch (problem) {
    say(problem.message, true);
  } finally {
    button.disabled = button.hasAttribute('data-busy');
  }
});

// A password is easily mistyped with Caps Lock on.
const caps = document.getElementById('caps');
if (caps) {
  for (const kind of ['keydown', 'keyup']) {
    document.getElementById('password').addEventListener(kind, event => { caps.textContent = event.getModifierState?.('CapsLock') ? 'Caps Lock is on.' : ''; });
  }
}

watchAll();
