// The pages of the hub work without this script as far as signing in, starting and opening go. With it they act in place and stay up to date.
// Everything that it does goes through the hub's public REST API (and, for passwords, one address of the admin page).
const hub = document.documentElement.dataset.hub;
const main = document.querySelector('main');
const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

// The hub's own cookie comes first: browsers order by the length of the path.
const xsrf = () => document.cookie.split('; ').find(cookie => cookie.startsWith('_xsrf='))?.slice('_xsrf='.length) ?? '';
const headers = () => ({ 'X-XSRFToken': xsrf(), Accept: 'application/json, text/event-stream, text/html' });

/** fetch, whose failures can be shown to people. */
const request = (address, options) => fetch(address, options).catch(error => {
  throw error.name === 'AbortError' ? error : new Error('The hub does not answer. It may be restarting, or the network is gone.');
});

/** One call of the API; what it refuses is an Error in the hub's own words. */
async function call(method, path, body) {
  const answer = await request(hub + path, { method, headers: { ...headers(), 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
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
    dialog.remove(); // The focus is back where it was by now.
    resolve(dialog.returnValue);
  }));
}

const confirmed = async (question, detail, verb) => await ask(question, detail ? [element('p', { textContent: detail })] : [], [
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

// The forms and buttons that wait for the hub. They keep the focus, and a second click does nothing.
const busy = new WeakSet();

/** Does one thing for a form or button, once at a time; what goes wrong is told. */
async function once(control, act, tell = problem => say(problem.message, true)) {
  if (busy.has(control)) {
    return;
  }
  const button = control.matches('form') ? control.querySelector('button:not([type=button])') : control;
  const part = control.closest('section') ?? main;
  [control, button].forEach(each => busy.add(each));
  button.setAttribute('aria-disabled', 'true');
  try {
    await act();
  } catch (problem) {
    tell(problem);
    await refresh().catch(() => {}); // It may have been refused because something is not as the page says.
  } finally {
    [control, button].forEach(each => busy.delete(each));
    button.removeAttribute('aria-disabled');
  }
  if (document.activeElement === document.body) {
    part.querySelector('h1, h2').focus(); // What had the focus is gone.
  }
}

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
  for (const { name } of [...old.attributes].filter(({ name }) => name !== 'open' && !(name === 'aria-disabled' && busy.has(old)) && !fresh.hasAttribute(name))) {
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

/** Whoever is not signed in any more is told so and led to the login, but what was typed is not thrown away. */
function leave() {
  const typed = [...document.querySelectorAll('main :is(input[type=text], textarea)')].some(input => input.value !== input.defaultValue);
  if (typed) {
    say('You are signed out. ', true);
    document.getElementById('failed').append(element('a', { href: location.href, textContent: 'Sign in again' }));
    return;
  }
  sessionStorage.setItem('said', 'You are signed out. Sign in to go on.');
  location.reload();
}

// A page that waits for one server goes wherever the hub leads: into it, to the login, or to the page that says why not.
const isWaiting = main.matches('.one');
let isLeft = false;

async function refresh() {
  const answer = await request(location.href, { headers: headers(), redirect: 'manual' });
  if (isWaiting && !answer.ok) {
    location.reload();
    return;
  }
  if (answer.type === 'opaqueredirect') {
    if (!isLeft) {
      isLeft = true;
      leave();
    }
    return;
  }
  if (!answer.ok) {
    throw new Error(`The hub answered ${answer.status}.`);
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (fresh.querySelector('.me')?.textContent !== document.querySelector('.me')?.textContent) {
    location.reload(); // Somebody else has signed in, in another tab.
    return;
  }
  if (isLeft) {
    isLeft = false;
    say('You are signed in again.');
  }
  morph(main, fresh.querySelector('main'));
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
  addEventListener('pageshow', event => event.persisted && again()); // Back from a server: what shows is as old as the visit.
}

// ---- Servers -------------------------------------------------------------------------------------------------------

const rowOf = path => document.querySelector(`[data-server="${CSS.escape(path)}"]`);
const watching = new Set();

/** The events of a start; ends with the one that says how it went, or with null if the stream is not there or breaks off. */
async function follow(path, signal) {
  const answer = await request(`${hub}${path}/progress`, { headers: headers(), signal });
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

/** Follows a server until it is ready or has failed; if it is to be started, from that on. */
async function watch(path, start) {
  if (watching.has(path)) {
    return;
  }
  watching.add(path);
  const stop = new AbortController();
  let [refusal, answered] = [null, !start];
  start?.().then(() => { answered = true; }, error => { refusal = error.message; stop.abort(); });
  if (start) {
    rowOf(path)?.querySelector('ol')?.replaceChildren();
    show(path, { progress: 0, message: 'The hub is asked to start it' });
  }
  try {
    for (;;) {
      await pause(start ? 150 : 0); // A start that the hub has not begun has no progress yet.
      const end = await follow(path, stop.signal).catch(() => null);
      await refresh();
      if (end?.failed && isWaiting) {
        return;
      }
      const [row, state] = [rowOf(path), rowOf(path)?.dataset.state];
      if ((refusal !== null && state !== 'spawning' && state !== 'ready') || end?.failed) {
        show(path, { failed: true, progress: 100, message: refusal ?? end.message });
        return;
      }
      if (end?.ready || ((answered || refusal !== null) && state !== 'spawning')) {
        row?.querySelector('.progress')?.setAttribute('hidden', '');
        if (state === 'ready') {
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
    watch(row.dataset.server).catch(() => {}); // The hub is away: when it is back, so is this.
  }
}

// ---- What the user does --------------------------------------------------------------------------------------------

const segment = name => encodeURIComponent(name).replace(/[!'()*]/g, letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`).replaceAll('%40', '@');
const lines = text => text.split(/[\s,]+/).filter(Boolean);

/** Empties a form; what was typed while the hub was asked stays. */
function clear(form, sent) {
  for (const input of form.querySelectorAll('input')) {
    if (input.type === 'checkbox') {
      input.checked = false;
    } else if (input.value === sent[input.name]) {
      input.value = '';
    }
  }
}

/** What each form does, by its name; the value it ends with is what to say. */
const forms = {
  async start(form) {
    const path = form.closest('[data-server]').dataset.server;
    await watch(path, () => call('POST', path));
  },
  async add(form, sent) {
    const name = sent.name.trim();
    const path = `api/users/${form.dataset.user}/servers/${segment(name)}`;
    if (rowOf(path)) {
      throw new Error(`You have a server ${name} already.`);
    }
    // The answer may take as long as the start takes. What the hub refuses it refuses before there is such a server.
    const started = call('POST', path);
    let isAnswered = false;
    started.then(() => { isAnswered = true; }, () => {});
    while (!isAnswered && !rowOf(path)) {
      await Promise.race([started, pause(400)]);
      await refresh();
    }
    clear(form, sent);
    watch(path, () => started).catch(problem => say(problem.message, true));
  },
  async token(form, sent) {
    const { note, lifetime, scopes } = sent;
    const body = { note: note || undefined, expires_in: Number(lifetime) || undefined, scopes: scopes.trim() ? lines(scopes) : undefined };
    const made = await call('POST', `api/users/${form.dataset.user}/tokens`, body);
    clear(form, sent);
    await refresh().catch(() => {}); // What is shown only once is shown.
    await reveal('Your new token', made.note || 'Token', made.token);
  },
  async users(form, sent) {
    await call('POST', 'api/users', { usernames: lines(sent.names), admin: sent.admin === 'on' });
    clear(form, sent);
    return 'Added. Set a password for each, and they can sign in.';
  },
  async group(form, sent) {
    await call('POST', `api/groups/${segment(sent.name.trim())}`);
    clear(form, sent);
    return `The group ${sent.name.trim()} is there.`;
  },
  async member(form, sent) {
    await call('POST', `${form.dataset.path}/users`, { users: [sent.name.trim()] });
    clear(form, sent);
    return `${sent.name.trim()} is a member now.`;
  },
};

document.addEventListener('submit', event => {
  const form = event.target;
  const act = forms[form.dataset.form];
  if (!act) {
    return;
  }
  event.preventDefault();
  const error = form.querySelector('.error');
  const tell = problem => {
    if (error) {
      [error.textContent, error.hidden] = [problem.message, false];
    } else {
      say(problem.message, true);
    }
  };
  once(form, async () => {
    error?.setAttribute('hidden', '');
    const told = await act(form, Object.fromEntries(new FormData(form)));
    if (told) {
      say(told);
      await refresh();
    }
  }, tell);
});

// Buttons that are one call: data-method, data-path, data-body; data-confirm and data-detail ask before, data-said is said after.
document.addEventListener('click', event => {
  const button = event.target.closest('button[data-method]');
  if (!button) {
    return;
  }
  const { method, path, body, confirm, detail, said, secret } = button.dataset;
  once(button, async () => {
    if (confirm && !await confirmed(confirm, detail, button.textContent.trim())) {
      return;
    }
    const answer = await call(method, path, body && JSON.parse(body));
    if (secret) {
      await reveal(said, secret, answer.password);
    } else {
      say(said);
    }
    await refresh();
  });
});

// What folds out over the page folds in again.
document.addEventListener('keydown', event => {
  const open = event.key === 'Escape' && event.target.closest('details.more[open]');
  if (open) {
    open.open = false;
    open.querySelector('summary').focus();
  }
});
document.addEventListener('click', event => {
  for (const open of document.querySelectorAll('details.more[open]')) {
    open.open = open.contains(event.target) || !!event.target.closest('dialog');
  }
});

// A password is easily mistyped with Caps Lock on.
const caps = document.getElementById('caps');
if (caps) {
  for (const kind of ['keydown', 'keyup']) {
    document.getElementById('password').addEventListener(kind, event => { caps.textContent = event.getModifierState?.('CapsLock') ? 'Caps Lock is on.' : ''; });
  }
}

// What the page before had to say.
if (sessionStorage.getItem('said')) {
  say(sessionStorage.getItem('said'));
  sessionStorage.removeItem('said');
}

watchAll();
