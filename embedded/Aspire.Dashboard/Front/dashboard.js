// What all pages share: parts that follow what they show, commands, messages, themes and keys. Without it the pages work, and stand still.

const main = document.getElementById('main');
const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

// ---- server-sent events --------------------------------------------------------------------------------

// A browser opens six connections to one address, so only so many windows hold one; the others ask now and then.
const STREAMS = 4, NOW_AND_THEN = 2000, LONGEST_PAUSE = 5000;

/// Reads the events at address(once) until stop() is called: `on` has a function for each kind. A page that nobody sees reads nothing; it goes on where it was.
export function follow(address, on) {
  let stopped = false, reading = new AbortController();
  const again = () => reading.abort();
  document.addEventListener('visibilitychange', again);
  (async () => {
    for (let failures = 0; !stopped;) {
      reading = new AbortController();
      try {
        await visible(reading.signal);
        await inTurn(async once => {
          await read(address(once), on, reading.signal, () => { failures = 0; connected(true); });
          if (!once) throw new Error('the stream ended');
        }, reading.signal);
      } catch {
        if (reading.signal.aborted) continue;
        connected(false);
        await sleep(Math.min(LONGEST_PAUSE, 500 * ++failures));
      }
    }
    document.removeEventListener('visibilitychange', again);
  })();
  return { again, stop() { stopped = true; again(); } };
}

function visible(signal) {
  if (document.visibilityState === 'visible') return Promise.resolve();
  return new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

async function inTurn(work, signal) {
  for (let number = 0; number < STREAMS; number++) {
    if (await navigator.locks.request(`stream-${number}`, { ifAvailable: true }, async lock => lock && (await work(false), true))) return;
  }
  await work(true);
  await Promise.race([sleep(NOW_AND_THEN), new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))]);
}

async function read(address, on, signal, begun) {
  const answer = await fetch(address, { signal, cache: 'no-store', headers: { accept: 'text/event-stream' } });
  if (answer.status === 401) location.reload(); // To the login: this is another run than the one that let us in.
  if (!answer.ok) throw new Error(`${answer.status}`);
  begun();
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part; !(part = await reader.read()).done;) {
    const events = (rest + part.value).split('\n\n');
    rest = events.pop();
    for (const event of events) {
      const fields = Object.fromEntries(event.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]));
      const data = JSON.parse(fields.data);
      if (fields.event === 'hello' && data !== document.body.dataset.run) location.reload();
      on[fields.event]?.(data);
    }
  }
}

function connected(isConnected) {
  const chip = document.getElementById('connection');
  chip.hidden = isConnected;
  chip.textContent = isConnected ? '' : 'The application does not answer. This page waits for it.';
}

// ---- parts of a page -----------------------------------------------------------------------------------

/// Makes `old` what `fresh` is and keeps whatever is the same: focus, scroll positions, open menus, half-written values.
export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE || old.nodeName !== fresh.nodeName || old.id !== fresh.id) {
    old.replaceWith(fresh);
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const named = new Map([...old.children].filter(child => child.id).map(child => [child.id, child]));
  let at = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const same = child.id ? named.get(child.id) : at && !at.id && at.nodeName === child.nodeName ? at : null;
    if (!same) {
      old.insertBefore(child, at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
    morph(same, child);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/// Puts parts, HTML by the id of their element, in place of those that are there. Whatever has to move for it keeps the focus.
export function put(parts) {
  const focused = document.activeElement;
  for (const [id, html] of Object.entries(parts)) {
    const template = document.createElement('template');
    template.innerHTML = html;
    const old = document.getElementById(id), fresh = template.content.firstElementChild;
    if (old && fresh) morph(old, fresh);
  }
  if (focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
}

const streams = [...document.querySelectorAll('[data-live]')].map(element => follow(once => {
  const address = new URL(element.dataset.live, location.href);
  if (!address.search) address.search = location.search;
  if (once) address.searchParams.set('once', 'true');
  return address;
}, { parts: put }));

/// Goes to an address of the same page: its live parts come anew, nothing else.
export function go(address, replace = false) {
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  streams.forEach(stream => stream.again());
}

if (streams.length) addEventListener('popstate', () => streams.forEach(stream => stream.again()));

document.addEventListener('click', event => {
  const here = event.target.closest('a[data-here]');
  if (here && !event.ctrlKey && !event.metaKey && !event.shiftKey && streams.length) {
    event.preventDefault();
    here.closest('[popover]')?.hidePopover();
    go(here.getAttribute('href'), here.dataset.here === 'same'); // In the graph href is no string.
    return;
  }
  const row = event.target.closest('tr[data-row]');
  if (row && !event.target.closest('a, button, input, form, [popover]') && getSelection().isCollapsed) open(row);
});

function open(row) {
  row.focus();
  row.querySelector('a[data-here], a[href]')?.click();
}

// ---- filters -------------------------------------------------------------------------------------------

const filters = document.querySelector('form[data-filters]');
let typing;
filters?.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const wanted = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value !== ''));
    const now = new URLSearchParams(location.search);
    for (const name of ['resource', 'show', 'view']) {
      wanted.delete(name);
      now.getAll(name).forEach(value => wanted.append(name, value));
    }
    go('?' + wanted, true);
  }, 150);
});
filters?.addEventListener('submit', event => event.preventDefault());
document.querySelector('form[data-choice]')?.addEventListener('change', event => event.currentTarget.requestSubmit());

// ---- commands ------------------------------------------------------------------------------------------

document.addEventListener('submit', async event => {
  const form = event.target.closest('form[data-command]');
  if (!form) return;
  event.preventDefault();
  const { command, of, confirm } = form.dataset, button = form.querySelector('button');
  form.closest('[popover]')?.hidePopover();
  if (confirm && !await agrees(`${command}: ${of}`, confirm, command)) return;
  const body = new URLSearchParams(new FormData(form));
  const told = toast(`${command}: ${of} …`);
  button.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'application/json' } });
    const { success, message } = await answer.json();
    told.end(message, success ? 'good' : 'bad');
  } catch {
    told.end(`${command}: ${of} was not answered. The application may have ended.`, 'bad');
  } finally {
    button.removeAttribute('aria-busy');
  }
});

function agrees(title, question, yes) {
  const dialog = document.createElement('dialog');
  dialog.innerHTML = '<form method="dialog"><h2 id="asked"></h2><p></p><div class="choices"><button value="">Cancel</button><button class="primary" value="yes"></button></div></form>';
  dialog.setAttribute('aria-labelledby', 'asked');
  dialog.querySelector('h2').textContent = title;
  dialog.querySelector('p').textContent = question;
  dialog.querySelector('.primary').textContent = yes;
  document.body.append(dialog);
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener('close', () => {
    resolve(dialog.returnValue === 'yes');
    dialog.remove();
  }));
}

/// Says something in the corner; what is read out is the same.
export function toast(message) {
  const element = document.createElement('div'), text = document.createElement('p'), close = document.createElement('button');
  element.className = 'toast';
  close.className = 'quiet square';
  close.textContent = '×';
  close.setAttribute('aria-label', 'Dismiss');
  close.onclick = () => element.remove();
  text.textContent = message;
  element.append(text, close);
  document.getElementById('toasts').append(element);
  return {
    end(result, kind) {
      text.textContent = result;
      element.classList.add(kind);
      if (kind === 'good') setTimeout(() => element.remove(), 6000); // A failure stays until it was read.
    },
  };
}

// ---- theme ---------------------------------------------------------------------------------------------

document.querySelector('[data-do=theme]')?.addEventListener('click', () => {
  const themes = ['', 'dark', 'light'], next = themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length];
  document.documentElement.dataset.theme = next;
  document.cookie = `aspire-theme=${next}; path=/; samesite=lax; max-age=31536000`;
  toast(`Theme: ${next || 'as the system has it'}`).end(`Theme: ${next || 'as the system has it'}`, 'good');
});

// ---- keys ----------------------------------------------------------------------------------------------

const PLACES = { r: '/', c: '/consolelogs', s: '/structuredlogs', t: '/traces', m: '/metrics' };
const HELP = [['/', 'Search'], ['j k or ↓ ↑', 'Next or previous row'], ['Enter', 'Details of the row'], ['Escape', 'Close the details'], ['r c s t m', 'Resources, console, structured logs, traces, metrics'], ['?', 'These keys']];

document.addEventListener('keydown', event => {
  const writes = event.target.closest('input, select, textarea, dialog');
  if (event.key === 'Escape' && event.target.type === 'search') event.target.blur();
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || writes || document.querySelector('dialog[open]')) return;
  const rows = [...document.querySelectorAll('tr[data-row]')].filter(row => row.checkVisibility());
  const at = rows.findIndex(row => row.contains(document.activeElement));
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (step && rows.length) {
    const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, at + step))];
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  } else if (event.key === 'Enter' && event.target.matches('tr[data-row]')) {
    open(event.target);
  } else if (event.key === 'Escape' && !document.querySelector(':popover-open')) {
    document.querySelector('[data-close]')?.click();
  } else if (event.key === '/') {
    document.querySelector('input[type=search]')?.focus();
  } else if (event.key === '?') {
    help();
  } else if (PLACES[event.key] && document.querySelector(`.places a[href="${PLACES[event.key]}"]`)) {
    location.href = PLACES[event.key];
  } else {
    return;
  }
  event.preventDefault();
});

function help() {
  const dialog = document.createElement('dialog'), table = document.createElement('table');
  table.className = 'facts';
  for (const [keys, meaning] of HELP) {
    const row = table.insertRow();
    row.insertCell().append(Object.assign(document.createElement('kbd'), { textContent: keys }));
    row.insertCell().textContent = meaning;
  }
  dialog.innerHTML = '<h2 id="asked">Keys</h2><form method="dialog" class="choices"><button>Close</button></form>';
  dialog.setAttribute('aria-labelledby', 'asked');
  dialog.querySelector('h2').after(table);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
