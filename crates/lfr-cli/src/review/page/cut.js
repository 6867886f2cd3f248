// The histogram of the scores with the cut on it.

import { ask, calmly } from './server.js';
import { short } from './list.js';

const STEPS = 1000;
const HEIGHT = 100;

export class Cut {
  /** `run` is what the server tells of the run, `changed` is called once the cut has a new value. */
  constructor(run, changed) {
    this.histogram = run.histogram;
    this.items = run.items;
    this.value = run.cut.value;
    this.rule = run.cut.rule;
    this.changed = changed;
    this.slider = document.getElementById('slider');
    this.top = document.getElementById('top');
    this.top.max = run.items;
    document.getElementById('low').textContent = short(this.histogram.low);
    document.getElementById('high').textContent = short(this.histogram.high);
    this.drawBars();
    const soon = calmly(60, (query) => this.ask(query));
    this.slider.addEventListener('input', () => {
      this.rule = null;
      this.value = this.score(this.slider.value / STEPS);
      this.colour();
      soon(`value=${this.value}`);
    });
    this.top.addEventListener('input', () => {
      this.rule = null;
      if (this.top.value !== '') soon(`top=${Math.max(0, Math.round(this.top.value))}`);
    });
  }

  forth(score) {
    const { log, low, high } = this.histogram;
    const place = log ? (v) => Math.log(Math.max(v, low)) : (v) => v;
    return Math.min(1, Math.max(0, (place(score) - place(low)) / (place(high) - place(low))));
  }

  score(share) {
    const { log, low, high, highest } = this.histogram;
    if (share >= 1) return highest;
    return log ? Math.exp(Math.log(low) + share * (Math.log(high) - Math.log(low))) : low + share * (high - low);
  }

  drawBars() {
    const { counts } = this.histogram;
    const svg = document.getElementById('histogram');
    svg.setAttribute('viewBox', `0 0 ${counts.length} ${HEIGHT}`);
    const tallest = Math.max(...counts, 1);
    this.bars = counts.map((count, i) => {
      // The square root keeps bars of one or two items in sight.
      const height = count ? Math.max(3, Math.sqrt(count / tallest) * HEIGHT) : 0;
      const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      Object.entries({ x: i + 0.06, y: HEIGHT - height, width: 0.88, height }).forEach(([name, value]) => bar.setAttribute(name, value));
      const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
      title.textContent = `${count} from score ${short(this.histogram.edges[i])}`;
      bar.append(title);
      svg.append(bar);
      return bar;
    });
    svg.setAttribute('aria-label', `Histogram of ${this.items} scores from ${short(this.histogram.lowest)} to ${short(this.histogram.highest)}; heights by the square root of the counts`);
  }

  colour() {
    const share = this.forth(this.value) * this.bars.length;
    this.bars.forEach((bar, i) => bar.setAttribute('class', i + 0.5 >= share ? 'flagged' : ''));
    document.getElementById('cut-details').style.setProperty('--at', this.forth(this.value));
  }

  /** Asks what the cut flags, and how right it is. */
  async ask(query = `value=${this.value}`) {
    const { value, precision } = await ask(`cut?${query}`);
    const moved = value !== this.value || !query.startsWith(`value=${this.asked}`);
    this.value = this.asked = value;
    this.tell(precision);
    if (moved) this.changed();
  }

  tell({ flagged, words }) {
    this.colour();
    this.slider.value = Math.round(this.forth(this.value) * STEPS);
    this.slider.setAttribute('aria-valuetext', `score ${short(this.value)}, ${flagged} flagged`);
    if (document.activeElement !== this.top) this.top.value = flagged;
    const rule = this.rule ? `, ${this.rule}` : '';
    document.getElementById('cut-words').textContent = `of ${this.items.toLocaleString('en')}: scores above ${short(this.value)}${rule}`;
    document.getElementById('cut-summary').textContent = `Cut: ${flagged.toLocaleString('en')} flagged`;
    document.getElementById('precision').textContent = words;
  }
}
