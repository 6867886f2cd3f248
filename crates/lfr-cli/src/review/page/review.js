// The page of a review: a list of items, the chosen one, its mark. Marks are the server's; this page is told of changes.

import { Cut } from './cut.js';
import { Detail } from './detail.js';
import { listen } from './keys.js';
import { List, make } from './list.js';
import { ask, calmly, tell } from './server.js';

/** Milliseconds between two looks for changes by others. */
const PAUSE = 1500;

const get = (id) => document.getElementById(id);
const marks = new Map();
let run, list, detail, cut;
let version = 0;
let input = '';
let heard = -1;
let busy = Promise.resolve();
let similarTo = null;
let before = null;

/** Tells this window's marks from those of others, over a reload too. */
const tab = (sessionStorage.window ??= crypto.getRandomValues(new Uint32Array(2)).join('-'));

const say = (words) => { get('said').textContent = words; };
const item = () => list.items[list.at];

function notice(name, words, kind = 'doubtful') {
  get(`notice-${name}`)?.remove();
  if (!words) return;
  const line = make('p', kind, words);
  line.id = `notice-${name}`;
  if (name === 'edited') {
    const close = make('button', 'plain-button', 'OK');
    close.addEventListener('click', () => line.remove());
    line.append(' ', close);
  }
  get('notices').append(line);
}

/** Takes in what the server says of the marks. */
function hear(changes) {
  if (!changes?.counts) return;
  version = changes.version;
  for (const { item: changed, mark } of changes.changes) {
    if (mark) marks.set(changed, mark);
    else marks.delete(changed);
    list?.redraw(changed);
  }
  const { outlier, normal, unsure } = changes.counts;
  const marked = outlier + normal + unsure;
  const words = [[outlier, 'outlier', outlier === 1 ? ' outlier' : ' outliers'], [normal, 'normal', ' normal'], [unsure, 'unsure', ' unsure']];
  get('progress').replaceChildren(make('b', '', marked.toLocaleString('en')), ' marked', ...words.filter(([n]) => n).map(([n, name, word]) => make('span', `count ${name}`, `${n}${word}`)));
  notice('trouble', changes.trouble, 'bad');
  notice('foreign', changes.foreign && `labels.csv has ${changes.foreign} rows of other items, which stay as they are. lfr rank --labels-known knows only items of its input.`, 'note');
  if (heard >= 0 && changes.notice.times > heard) notice('edited', `${changes.notice.words}.`, 'note');
  heard = changes.notice.times;
  hearInput(changes.input);
  if (detail && list.items.length) detail.mark(marks.get(item()));
  if (changes.changes.length) {
    get('again').hidden = !(get('only').value !== 'all' || get('by').value === 'next');
    cut?.ask().catch(trouble);
  }
}

function hearInput({ state, reason, kept }) {
  notice('input', state === 'reading' && `Reading ${run.input} \u2026 explanations and similar items come when it is read. You can mark items already.`, 'note');
  if (state === 'gone') notice('input', `The input cannot be shown: ${reason}. ${kept ? `The report of the run still shows ${kept} items; of the others only ids and scores are known.` : 'Only ids and scores are known.'}`);
  if (input && input !== state && list.items.length) {
    list.forget();
    open(list.at);
  }
  input = state;
}

function trouble(error) {
  hear(error.body);
  if (error.ended) notice('ended', error.message, 'bad');
  else say(error.message);
}

/** Lists again: what the tools above the list ask for. Stays at the item `keep`; at the first of a list of what to label next. */
async function refresh(keep = item()) {
  const chosen = get('by').value === 'next' ? undefined : keep;
  const query = new URLSearchParams({ by: get('by').value, only: get('only').value, above: get('above').checked, cut: cut.value, search: get('search').value });
  if (similarTo !== null) query.set('to', similarTo);
  const { items, words } = await ask(`list?${query}`);
  get('again').hidden = true;
  const n = items.length.toLocaleString('en');
  get('list-words').textContent = items.length ? `${n} ${items.length === 1 ? 'item' : 'items'}. ${words}` : 'No item is like that.';
  list.show(items, Math.max(0, items.indexOf(chosen)));
  document.body.classList.toggle('empty', !items.length);
  if (items.length) await open(list.at);
}

/** Chooses the item at a position of the list. */
async function open(at, shown) {
  if (at < 0 || at >= list.items.length) return say(at < 0 ? 'This is the first item.' : 'This was the last item of the list.');
  list.choose(at);
  const chosen = item();
  detail.mark(marks.get(chosen));
  if (shown) view(true);
  const line = await list.line(chosen);
  if (chosen !== item()) return;
  await detail.show(chosen, line, list.items[at + 1]);
}

/** On a narrow screen, shows the item or the list. */
function view(shown) {
  if (shown && !document.body.classList.contains('item-shown')) history.pushState('item', '');
  document.body.classList.toggle('item-shown', shown);
}

/** Marks the chosen item and goes on to the next. One mark after the other, as they were made. */
function mark(word) {
  if (!list.items.length) return;
  const [chosen, at] = [item(), list.at];
  const id = list.lines.get(chosen)?.id ?? '';
  const expected = marks.get(chosen) ?? null;
  if (word) marks.set(chosen, word);
  else marks.delete(chosen);
  list.redraw(chosen);
  detail.mark(marks.get(chosen));
  if (word) open(at + 1).catch(trouble);
  busy = busy.then(async () => {
    try {
      hear(await tell('mark', { window: tab, item: chosen, mark: word, expected, version }));
      say(`${id}: ${word ?? 'mark taken away'}`);
    } catch (error) {
      if (expected) marks.set(chosen, expected);
      else marks.delete(chosen);
      trouble(error);
      list.redraw(chosen);
      detail.mark(marks.get(item()));
      say(`Not marked: ${error.message}`);
    }
  });
}

function undo() {
  busy = busy.then(async () => {
    try {
      const answer = await tell('undo', { window: tab, version });
      hear(answer);
      if (answer.item === null) return say('There is nothing to undo in this window.');
      const at = list.items.indexOf(answer.item);
      const line = await list.line(answer.item);
      if (at >= 0) await open(at);
      say(`Undone: ${line.id}`);
    } catch (error) {
      trouble(error);
    }
  });
}

async function similar() {
  if (!list.items.length) return;
  const wanted = item();
  const old = { by: get('by').value, only: get('only').value, above: get('above').checked, search: get('search').value, item: wanted };
  try {
    if (similarTo === null) before = old;
    similarTo = wanted;
    get('by').querySelector('[value=similar]').hidden = false;
    get('by').value = 'similar';
    get('only').value = 'all';
    get('above').checked = false;
    get('search').value = '';
    await refresh(wanted);
  } catch (error) {
    restore();
    trouble(error);
  }
}

/** Back from similar items to the list before. */
function restore() {
  if (similarTo === null) return false;
  similarTo = null;
  get('by').querySelector('[value=similar]').hidden = true;
  get('by').value = before.by;
  get('only').value = before.only;
  get('above').checked = before.above;
  get('search').value = before.search;
  refresh(before.item).catch(trouble);
  return true;
}

function escape() {
  if (document.activeElement === get('search')) {
    get('search').value = '';
    get('list').focus();
    refresh().catch(trouble);
  } else if (!restore()) {
    if (document.body.classList.contains('item-shown')) history.back();
    document.activeElement?.blur?.();
  }
}

const step = (n) => open(list.at + n).catch(trouble);
const rows = (n) => step(n * list.columns);
const page = (n) => open(Math.max(0, Math.min(list.items.length - 1, list.at + n * list.columns * Math.max(1, Math.floor(get('list').clientHeight / list.row))))).catch(trouble);
const help = () => get('help').showModal();

const actions = {
  j: () => step(1), k: () => step(-1), ArrowRight: () => step(1), ArrowLeft: () => step(-1),
  ArrowDown: () => rows(1), ArrowUp: () => rows(-1), PageDown: () => page(1), PageUp: () => page(-1),
  Home: () => open(0).catch(trouble), End: () => open(list.items.length - 1).catch(trouble),
  o: () => mark('outlier'), n: () => mark('normal'), u: () => mark('unsure'), x: () => mark(null), z: undo,
  s: similar, r: () => refresh().catch(trouble), Enter: () => detail.enlarge(),
  '/': () => { view(false); get('search').focus(); get('search').select(); }, '?': help, escape,
};

async function poll() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (document.hidden) continue;
    busy = busy.then(async () => {
      try {
        hear(await ask(`changes?version=${version}`));
        notice('ended', '');
      } catch (error) {
        trouble(error);
      }
    });
    await busy;
  }
}

async function start() {
  run = await ask('run');
  document.title = `Review: ${run.input}`;
  const noun = { images: 'image', table: 'row', text: 'document' }[run.kind] + (run.items === 1 ? '' : 's');
  get('title').replaceChildren(make('bdi', '', run.input), make('small', '', ` ${run.items.toLocaleString('en')} ${noun}, ranked by ${run.method}`));
  get('labels').textContent = run.labels;
  document.body.classList.add(run.kind);
  notice('repeated', run.unmarkable && `${run.unmarkable.toLocaleString('en')} items share their ids with others and cannot be marked. Rank with an --id that tells them apart.`);
  if (matchMedia('(max-width: 820px), (max-height: 640px)').matches) get('cut-details').open = false;
  list = new List(get('list'), run.kind, { markOf: (of) => marks.get(of), choose: (at, shown) => open(at, shown).catch(trouble) });
  detail = new Detail(run.kind);
  hear(await ask('changes?version=0'));
  const again = calmly(250, () => { if (get('above').checked || get('by').value === 'next') refresh().catch(trouble); });
  cut = new Cut(run, again);
  await cut.ask();
  await refresh();
  const relist = (event) => {
    if (get('by').value !== 'similar') {
      similarTo = null;
      get('by').querySelector('[value=similar]').hidden = true;
    }
    // Another order begins at its first item.
    refresh(event.target === get('by') ? null : item()).catch(trouble);
  };
  ['by', 'only', 'above'].forEach((id) => get(id).addEventListener('change', relist));
  get('search').addEventListener('input', calmly(150, () => refresh().catch(trouble)));
  get('search').addEventListener('keydown', (event) => { if (event.key === 'Enter') get('list').focus(); });
  const buttons = { outlier: actions.o, normal: actions.n, unsure: actions.u, undo, similar, previous: actions.k, next: actions.j, again: actions.r, 'show-help': help };
  Object.entries(buttons).forEach(([id, action]) => get(id).addEventListener('click', action));
  document.querySelectorAll('dialog .close').forEach((button) => button.addEventListener('click', () => button.closest('dialog').close()));
  get('back').addEventListener('click', () => history.back());
  addEventListener('popstate', () => view(false));
  listen(actions);
  get('list').focus();
  document.body.dataset.ready = 'yes';
  poll();
}

start().catch(trouble);
