// The console page: lines come in chunks that the browser lays out only where they are seen, so ten thousand of them are as quick as ten.
import { follow } from './dashboard.js';

const KEPT = 10000, CHUNK = 200;
const lines = document.getElementById('console'), count = document.getElementById('count'), search = document.getElementById('search');
const button = name => document.querySelector(`[data-console=${name}]`);
const cleared = `cleared:${document.body.dataset.run}:${lines.dataset.feed}`;
let cursor = sessionStorage.getItem(cleared) ?? '', total = 0, found = 0, isFollowing = true, stream;

function begin() {
  stream = follow(once => {
    const address = new URL(lines.dataset.feed, location.href);
    address.searchParams.set('after', cursor);
    if (once) address.searchParams.set('once', 'true');
    return address;
  }, { lines: add });
}

function add(batch) {
  cursor = batch.cursor;
  const template = document.createElement('template');
  template.innerHTML = batch.html;
  const fresh = [...template.content.children];
  fresh.forEach(match);
  while (fresh.length) {
    if (!(lines.lastElementChild?.childElementCount < CHUNK)) lines.append(Object.assign(document.createElement('div'), { className: 'chunk' }));
    lines.lastElementChild.append(...fresh.splice(0, CHUNK - lines.lastElementChild.childElementCount));
  }
  total += batch.count;
  while (total - lines.firstElementChild.childElementCount >= KEPT) {
    total -= lines.firstElementChild.childElementCount;
    found -= lines.firstElementChild.querySelectorAll('.line:not([hidden])').length;
    lines.firstElementChild.remove();
  }
  tell();
}

// ---- search: what does not match is not shown, what matches is marked --------------------------------------

let wanted = '';
const marks = 'highlights' in CSS ? new Highlight() : null;
if (marks) CSS.highlights.set('found', marks);

function match(line) {
  const text = line.lastElementChild.textContent.toLowerCase();
  line.hidden = wanted !== '' && !text.includes(wanted) && !line.firstElementChild.textContent.toLowerCase().includes(wanted);
  if (line.hidden) return;
  found++;
  if (!marks || wanted === '') return;
  const walker = document.createTreeWalker(line.lastElementChild, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const inside = node.data.toLowerCase();
    for (let at = inside.indexOf(wanted); at >= 0; at = inside.indexOf(wanted, at + wanted.length)) {
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      marks.add(range);
    }
  }
}

let typing;
search.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    wanted = search.value.toLowerCase();
    found = 0;
    marks?.clear();
    lines.querySelectorAll('.line').forEach(match);
    tell();
  }, 150);
});

function tell() {
  count.textContent = wanted === '' ? `${total} ${total === 1 ? 'line' : 'lines'}` : `${found} of ${total} lines`;
  if (isFollowing) lines.scrollTop = lines.scrollHeight;
}

// ---- following the end: until somebody scrolls up -----------------------------------------------------------

lines.addEventListener('scroll', () => {
  isFollowing = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 40;
  button('end').hidden = isFollowing;
});
button('end').onclick = () => {
  isFollowing = true;
  tell();
};

// ---- what the buttons do ------------------------------------------------------------------------------------

// Pausing is not reading: the application keeps the lines, and the page goes on where it was.
button('pause').onclick = ({ currentTarget }) => {
  const isPaused = toggle(currentTarget);
  currentTarget.textContent = isPaused ? 'Resume' : 'Pause';
  if (isPaused) stream.stop();
  else begin();
};
button('clear').onclick = () => {
  lines.replaceChildren();
  marks?.clear();
  total = found = 0;
  sessionStorage.setItem(cleared, cursor);
  tell();
};
for (const name of ['times', 'wrap']) {
  const kept = localStorage.getItem(`console-${name}`);
  if (kept !== null) button(name).setAttribute('aria-pressed', kept);
  lines.classList.toggle(name, button(name).getAttribute('aria-pressed') === 'true');
  button(name).onclick = ({ currentTarget }) => {
    localStorage.setItem(`console-${name}`, toggle(currentTarget));
    lines.classList.toggle(name);
    tell();
  };
}

function toggle(pressed) {
  const isPressed = pressed.getAttribute('aria-pressed') !== 'true';
  pressed.setAttribute('aria-pressed', isPressed);
  return isPressed;
}

lines.replaceChildren();
begin();
