import { follow } from './dashboard.js';

// The telemetry pages: what is live there, the pane beside the list, folding and keys. Without it they are pages like any other.

const pane = document.getElementById('pane');
const rows = () => [...document.querySelectorAll('tr[tabindex]')].filter(row => !row.hidden);

// What is new: the server says that there is something, and this page asks for itself and takes over what has changed.
const signal = document.querySelector('[data-signal]').dataset.signal;
let asking;

async function refresh() {
  if (asking) {
    asking = 'again';
    return;
  }
  do {
    asking = 'once';
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      if (!answer.ok || answer.redirected) {
        break;
      }
      take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } catch {
      break; // The connection is gone; when it comes back, so does this.
    }
  } while (asking === 'again');
  asking = undefined;
}

function take(page) {
  const parts = page.querySelectorAll('[data-part]');
  for (const fresh of parts) {
    const old = document.querySelector(`[data-part="${fresh.dataset.part}"]`);
    if (!old) {
      location.reload(); // Another page than before, such as a trace that has come.
      return;
    }
    if (fresh.dataset.part === 'rows') {
      takeRows(old, fresh);
    } else if (fresh.dataset.part === 'tree') {
      takeTree(old, fresh);
    } else if (old.innerHTML !== fresh.innerHTML) {
      old.innerHTML = fresh.innerHTML;
    }
  }
  fold();
}

// Rows keep their place in the document while they are shown, so that focus, selection and what is folded stay.
function takeRows(old, fresh) {
  const known = new Map([...old.children].map(row => [row.id, row]));
  let place = old.firstElementChild;
  for (const row of [...fresh.children]) {
    let mine = known.get(row.id);
    known.delete(row.id);
    if (!mine) {
      mine = row;
    } else if (mine.innerHTML !== row.innerHTML) {
      const hadFocus = mine.contains(document.activeElement);
      mine.innerHTML = row.innerHTML;
      if (hadFocus && document.activeElement === document.body) {
        mine.focus();
      }
    }
    if (mine !== row) {
      const states = ['aria-selected', 'aria-expanded', 'hidden'];
      for (const { name, value } of row.attributes) {
        if (!states.includes(name) || (name === 'aria-expanded' && !mine.hasAttribute(name))) {
          mine.setAttribute(name, value);
        }
      }
    }
    if (mine === place) {
      place = place.nextElementSibling;
    } else {
      old.insertBefore(mine, place);
    }
  }
  known.forEach(row => row.remove());
}

function takeTree(old, fresh) {
  const open = new Set([...old.querySelectorAll('details[open]')].map(one => one.id));
  fresh.querySelectorAll('details').forEach(one => { one.open = one.open || open.has(one.id); });
  const closed = [...old.querySelectorAll('details:not([open])')].map(one => one.id);
  closed.forEach(id => { const one = fresh.querySelector(`#${CSS.escape(id)}`); if (one) one.open = false; });
  if (old.innerHTML !== fresh.innerHTML && !old.contains(document.activeElement)) {
    old.innerHTML = fresh.innerHTML;
  }
}

// The pane beside the list; the address says what is in it.
async function choose(row) {
  document.querySelectorAll('tr[aria-selected=true]').forEach(other => other.setAttribute('aria-selected', 'false'));
  row.setAttribute('aria-selected', 'true');
  const answer = await fetch(row.dataset.pane);
  pane.innerHTML = await answer.text();
  pane.hidden = false;
  pane.scrollTop = 0;
  keep(row.dataset.name, row.dataset.value);
}

function close() {
  const row = document.querySelector('tr[aria-selected=true]');
  row?.setAttribute('aria-selected', 'false');
  pane.hidden = true;
  row?.focus();
  keep(signal === 'logs' ? 'log' : 'span', null);
}

function keep(name, value) {
  const address = new URL(location);
  if (value) {
    address.searchParams.set(name, value);
  } else {
    address.searchParams.delete(name);
  }
  history.replaceState(null, '', address);
}

// A row that is folded hides those below it that are deeper.
function fold() {
  let limit = Infinity;
  for (const row of document.querySelectorAll('.waterfall tbody tr')) {
    const depth = Number(row.dataset.depth);
    if (depth <= limit) {
      limit = Infinity;
    }
    row.hidden = depth > limit;
    if (!row.hidden && row.getAttribute('aria-expanded') === 'false') {
      limit = depth;
    }
    const toggle = row.querySelector('button.toggle');
    if (toggle) {
      toggle.textContent = row.getAttribute('aria-expanded') === 'false' ? '▸' : '▾';
    }
  }
  const all = document.querySelector('[data-act=fold-all]');
  if (all) {
    all.textContent = document.querySelector('.waterfall tr[aria-expanded=false]') ? 'Expand all' : 'Collapse all';
  }
}

function setFolded(row, isFolded) {
  if (row.hasAttribute('aria-expanded')) {
    row.setAttribute('aria-expanded', String(!isFolded));
  }
}

document.addEventListener('click', event => {
  const act = event.target.closest('[data-act]');
  if (act?.dataset.act === 'fold') {
    const row = act.closest('tr');
    setFolded(row, row.getAttribute('aria-expanded') !== 'false');
    fold();
    return;
  }
  if (act?.dataset.act === 'fold-all') {
    const folds = document.querySelector('.waterfall tr[aria-expanded=false]') === null;
    document.querySelectorAll('.waterfall tr[aria-expanded]').forEach(row => setFolded(row, folds));
    fold();
    return;
  }
  if (event.target.closest('[data-close]')) {
    close();
    return;
  }
  const row = event.target.closest('tr[tabindex]');
  if (row && !event.target.closest('a, button') && !String(getSelection())) {
    open(row);
  }
});

function open(row) {
  if (row.dataset.pane) {
    choose(row);
  } else if (row.dataset.open) {
    location.href = row.dataset.open;
  }
}

document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && pane && !pane.hidden) {
    close();
    return;
  }
  const row = event.target.closest?.('tr[tabindex]');
  if (!row || event.target !== row || event.ctrlKey || event.altKey || event.metaKey) {
    return;
  }
  const all = rows();
  const index = all.indexOf(row);
  const expanded = row.getAttribute('aria-expanded');
  const go = {
    ArrowDown: () => all[index + 1]?.focus(),
    ArrowUp: () => all[index - 1]?.focus(),
    Home: () => all[0].focus(),
    End: () => all.at(-1).focus(),
    Enter: () => open(row),
    ArrowLeft: () => expanded === 'true'
      ? (setFolded(row, true), fold())
      : all.slice(0, index).findLast(other => Number(other.dataset.depth) < Number(row.dataset.depth))?.focus(),
    ArrowRight: () => expanded === 'false' ? (setFolded(row, false), fold()) : expanded === 'true' && all[index + 1]?.focus(),
  }[event.key];
  if (go) {
    event.preventDefault();
    go();
  }
});

// Filters apply as they are chosen.
document.addEventListener('change', event => {
  if (event.target.form?.matches('[data-auto]') && event.target.matches('select')) {
    event.target.form.requestSubmit();
  }
});

// Empty fields only make addresses long.
document.addEventListener('formdata', event => {
  if (event.target.matches('[data-auto]')) {
    for (const [name, value] of [...event.formData]) {
      if (value === '' && event.formData.getAll(name).length === 1) {
        event.formData.delete(name);
      }
    }
  }
});

follow(once => `/telemetry/live/${signal}${once ? '?once' : ''}`, { changed: refresh });
fold();
document.querySelector('tr[aria-selected=true]')?.scrollIntoView({ block: 'center' });
