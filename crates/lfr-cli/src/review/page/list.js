// A list or gallery of any length: only what is in sight is in the page, and only that is asked for.

import { ask, calmly } from './server.js';

/** Height that browsers can scroll; longer lists are scrolled in larger steps. */
const TALLEST = 12_000_000;
/** Lines of which the details are kept. */
const KEPT = 4000;
/** Lines asked for at a time. */
const PART = 100;
/** Rows drawn above and below those in sight. */
const SPARE = 3;

export class List {
  /** `kind` is that of the items, `choose` is told the position that the user picks. */
  constructor(element, kind, { markOf, choose }) {
    Object.assign(this, { element, kind, markOf, items: [], at: 0, lines: new Map(), drawn: new Map() });
    this.tiles = kind === 'images';
    this.space = document.createElement('div');
    this.space.className = 'space';
    this.space.setAttribute('role', 'presentation');
    element.classList.add(this.tiles ? 'tiles' : 'rows', kind);
    element.append(this.space);
    element.addEventListener('scroll', () => this.draw(), { passive: true });
    element.addEventListener('click', (event) => {
      const option = event.target.closest('[role=option]');
      if (option) choose(Number(option.dataset.at), true);
    });
    new ResizeObserver(() => this.measure()).observe(element);
    this.fetchSoon = calmly(40, () => this.fetchMissing());
  }

  /** Shows other items, the chosen one at position `at`. */
  show(items, at = 0) {
    this.items = items;
    this.at = Math.min(at, Math.max(items.length - 1, 0));
    this.clear();
    this.measure();
    this.reveal();
  }

  clear() {
    this.drawn.forEach((option) => option.remove());
    this.drawn.clear();
  }

  /** Forgets what is known of the items, since it is more now. */
  forget() {
    this.lines.clear();
    this.clear();
    this.draw();
  }

  measure() {
    const width = this.element.clientWidth;
    this.columns = this.tiles ? Math.max(2, Math.floor(width / (width < 500 ? 116 : 150))) : 1;
    this.tile = width / this.columns;
    this.row = this.tiles ? Math.round(this.tile + 34) : this.kind === 'text' ? 92 : 62;
    this.rows = Math.ceil(this.items.length / this.columns);
    this.height = this.rows * this.row;
    this.space.style.height = `${Math.min(this.height, TALLEST)}px`;
    this.clear();
    this.draw();
  }

  /** Where the top of the window is in the whole list, and by how much drawn rows are moved. */
  place() {
    const { scrollTop, clientHeight } = this.element;
    if (this.height <= TALLEST) return { top: scrollTop, shift: 0 };
    const top = (scrollTop / (TALLEST - clientHeight)) * (this.height - clientHeight);
    return { top, shift: scrollTop - top };
  }

  draw() {
    if (!this.row) return;
    const { top, shift } = this.place();
    const first = Math.max(0, Math.floor(top / this.row) - SPARE) * this.columns;
    const last = Math.min(this.items.length, (Math.ceil((top + this.element.clientHeight) / this.row) + SPARE) * this.columns);
    for (const [at, option] of this.drawn) {
      if (at < first || at >= last) {
        option.remove();
        this.drawn.delete(at);
      }
    }
    for (let at = first; at < last; at++) {
      let option = this.drawn.get(at);
      if (!option) {
        option = this.option(at);
        this.drawn.set(at, option);
        this.space.append(option);
      }
      const y = Math.floor(at / this.columns) * this.row + shift;
      option.style.transform = `translate(${(at % this.columns) * this.tile}px, ${y}px)`;
    }
    this.fetchSoon();
  }

  option(at) {
    const option = document.createElement('div');
    option.id = `option-${at}`;
    option.dataset.at = at;
    option.setAttribute('role', 'option');
    option.setAttribute('aria-setsize', this.items.length);
    option.setAttribute('aria-posinset', at + 1);
    option.style.width = `${this.tile}px`;
    option.style.height = `${this.row}px`;
    this.fill(option, at);
    return option;
  }

  fill(option, at) {
    const item = this.items[at];
    const line = this.lines.get(item);
    const mark = this.markOf(item);
    option.className = `option ${mark ?? ''}`;
    option.setAttribute('aria-selected', at === this.at);
    const parts = [make('span', 'place', line ? `${line.rank}` : '')];
    if (this.tiles) parts.unshift(picture(item, line));
    const id = line?.id ?? '…';
    parts.push(make('bdi', 'name', this.tiles ? id.slice(id.lastIndexOf('/') + 1) : id));
    if (line && !this.tiles) parts.push(make('span', 'amount', short(line.score)), ...details(line, this.kind));
    if (mark) parts.push(make('span', `badge ${mark}`, mark));
    option.replaceChildren(make('div', 'cell', '', parts));
    option.setAttribute('aria-label', `${id}, rank ${line?.rank ?? ''}, ${mark ?? 'not marked'}`);
    option.title = line ? `${id}, rank ${line.rank}, score ${short(line.score)}` : '';
  }

  /** Draws an item again whose mark changed. */
  redraw(item) {
    for (const [at, option] of this.drawn) if (this.items[at] === item) this.fill(option, at);
  }

  /** Chooses the item at position `at` and brings it into sight. */
  choose(at) {
    const before = this.at;
    this.at = at;
    this.reveal();
    for (const place of [before, at]) {
      const option = this.drawn.get(place);
      option?.setAttribute('aria-selected', place === at);
    }
  }

  reveal() {
    if (!this.row || !this.items.length) return;
    const y = Math.floor(this.at / this.columns) * this.row;
    const { top } = this.place();
    const { clientHeight } = this.element;
    const wanted = y < top ? y : y + this.row > top + clientHeight ? y + this.row - clientHeight : top;
    if (wanted !== top || this.height > TALLEST) {
      const scale = this.height > TALLEST ? (TALLEST - clientHeight) / (this.height - clientHeight) : 1;
      this.element.scrollTop = wanted * scale;
    }
    this.draw();
    this.element.setAttribute('aria-activedescendant', `option-${this.at}`);
  }

  async fetchMissing() {
    const missing = [...this.drawn.keys()].map((at) => this.items[at]).filter((item) => !this.lines.has(item));
    if (!missing.length) return;
    await this.fetch(missing.slice(0, PART)).catch(() => {});
    if (missing.length > PART) this.fetchSoon();
  }

  async fetch(items) {
    if (this.lines.size > KEPT) this.lines.clear();
    for (const line of await ask(`lines?at=${items.join(',')}`)) {
      this.lines.set(line.item, line);
      this.redraw(line.item);
    }
  }

  /** What is known of an item; asks for it if need be. */
  async line(item) {
    if (!this.lines.has(item)) await this.fetch([item]);
    return this.lines.get(item);
  }
}

export function make(tag, name, text, parts = []) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  element.append(...parts);
  return element;
}

/** A score in few digits. */
export function short(score) {
  const size = Math.abs(score);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? score.toExponential(2) : String(Number(score.toPrecision(4)));
}

function picture(item, line) {
  const image = make('img', 'small');
  image.alt = '';
  image.decoding = 'async';
  image.addEventListener('error', () => image.replaceWith(make('span', 'blank', 'no picture')));
  image.addEventListener('load', () => image.classList.toggle('pixelated', Math.max(image.naturalWidth, image.naturalHeight) <= 64));
  image.src = line?.picture ?? `small/${item}`;
  return image;
}

function details(line, kind) {
  if (kind === 'text') {
    return [make('bdi', 'text', line.text ?? ''), make('span', 'details', line.details.map(([term]) => term).join(' · '))];
  }
  const cells = line.details.map(([name, value]) => make('span', 'detail', '', [make('b', '', name), ` ${value}`]));
  return [make('span', 'details', '', cells)];
}
