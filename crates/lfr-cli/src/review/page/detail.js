// The chosen item: its picture, what the report says of it, its mark.

import { ask } from './server.js';
import { make } from './list.js';

/** What the cards of a report are made of; anything else of a report is shown as text. */
const TAGS = new Set('ARTICLE DIV SPAN H4 P B BDI FIGURE FIGCAPTION IMG TABLE THEAD TBODY TR TH TD BLOCKQUOTE MARK WBR'.split(' '));
const ATTRIBUTES = ['class', 'title', 'alt', 'scope'];

/** A card as elements of this page. */
export function adopt(html) {
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  return copy(parsed.body.firstElementChild ?? parsed.body);
}

function copy(node) {
  if (!TAGS.has(node.nodeName)) return document.createTextNode(node.textContent);
  const element = document.createElement(node.nodeName);
  for (const name of ATTRIBUTES) if (node.hasAttribute(name)) element.setAttribute(name, node.getAttribute(name));
  const source = node.getAttribute('src') ?? '';
  if (source.startsWith('data:image/')) element.src = source;
  const share = /--share:\s*(\d+(\.\d+)?%)/.exec(node.getAttribute('data-style') ?? '');
  if (share) element.style.setProperty('--share', share[1]);
  element.append(...[...node.childNodes].map(copy));
  return element;
}

export class Detail {
  constructor(kind) {
    this.kind = kind;
    this.box = document.getElementById('item');
    this.large = document.getElementById('large');
    this.largePicture = document.getElementById('large-picture');
    this.large.addEventListener('click', (event) => {
      if (event.target !== this.largePicture) this.large.close();
    });
  }

  /** Shows an item; `line` is what the list knows of it, `next` the item that may come next. */
  async show(item, line, next) {
    this.item = item;
    document.getElementById('item-id').textContent = line?.id ?? '';
    const parts = [];
    this.picture = null;
    if (this.kind === 'images') {
      parts.push(this.frame(item, line));
      if (next !== undefined && !line?.picture) new Image().src = `original/${next}`;
    }
    const card = make('div', 'explanation');
    this.box.replaceChildren(...parts, card);
    this.box.scrollTop = 0;
    const { card: html, reason } = await ask(`card/${item}`);
    if (this.item !== item) return;
    // The page's policy takes no styles from attributes; the lengths of the bars are set one by one.
    if (this.kind !== 'images') this.box.append(this.whole(item));
    card.replaceChildren(html ? adopt(html.replaceAll(' style="', ' data-style="')) : make('p', 'hint', reason));
  }

  /** What the card may have cut short, once it is asked for. */
  whole(item) {
    const name = this.kind === 'text' ? 'The whole document' : 'All columns';
    const box = make('details', 'whole', '', [make('summary', '', name)]);
    box.open = this.isWhole ?? false;
    const fill = async () => {
      this.isWhole = box.open;
      if (!box.open || box.children.length > 1) return;
      const { text, row } = await ask(`whole/${item}`);
      const body = text !== undefined ? make('p', 'whole-text', text) : make('dl', 'pairs', '', (row ?? []).flatMap(([name, value]) => [make('dt', '', name), make('dd', '', value)]));
      box.append(text === undefined && !row ? make('p', 'hint', 'Not known while the input cannot be read.') : body);
    };
    box.addEventListener('toggle', () => fill().catch(() => {}));
    return box;
  }

  /** The original, as large as there is place. */
  frame(item, line) {
    const image = make('img', 'original');
    image.alt = `Picture ${line?.id ?? ''}`;
    image.addEventListener('load', () => image.classList.toggle('pixelated', Math.max(image.naturalWidth, image.naturalHeight) <= 64));
    const button = make('button', 'frame', '', [image]);
    button.type = 'button';
    button.setAttribute('aria-label', `Full size: ${line?.id ?? ''}`);
    button.addEventListener('click', () => this.enlarge());
    image.addEventListener('error', () => button.replaceWith(make('p', 'hint', 'There is no picture of this item.')));
    image.src = line?.picture ?? `original/${item}`;
    this.picture = image;
    return button;
  }

  enlarge() {
    if (!this.picture?.naturalWidth) return;
    const { naturalWidth: width, naturalHeight: height } = this.picture;
    this.largePicture.src = this.picture.src;
    this.largePicture.alt = this.picture.alt;
    this.largePicture.classList.toggle('pixelated', Math.max(width, height) <= 64);
    this.large.showModal();
  }

  mark(mark) {
    const badge = document.getElementById('item-mark');
    badge.textContent = mark ?? '';
    badge.className = `badge ${mark ?? ''}`;
    for (const name of ['outlier', 'normal', 'unsure']) {
      document.getElementById(name).setAttribute('aria-pressed', mark === name);
    }
  }
}
