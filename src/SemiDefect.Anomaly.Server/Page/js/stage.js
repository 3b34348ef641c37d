import { h, svg } from './dom.js';
import { t } from './i18n.js';

const step = 1.25;
const move = 60;
const pixels = 4;

/** A picture that zooms and pans: wheel, drag, two fingers, buttons and keys. */
export class Stage {
  constructor() {
    this.layers = h('div', { class: 'layers' });
    this.wait = h('p', { class: 'wait' }, t('loading'));
    this.busy = h('p', { class: 'busy', role: 'status', hidden: true });
    this.element = h('div', { class: 'stage', tabindex: 0, role: 'group', 'aria-label': t('stage') }, this.layers, this.wait, this.busy);
    this.pointers = new Map();
    this.element.addEventListener('wheel', event => {
      event.preventDefault();
      const { left, top } = this.element.getBoundingClientRect();
      this.zoom(event.deltaY < 0 ? step : 1 / step, event.clientX - left, event.clientY - top);
    }, { passive: false });
    this.element.addEventListener('pointerdown', event => {
      this.element.setPointerCapture(event.pointerId);
      this.pointers.set(event.pointerId, event);
    });
    this.element.addEventListener('pointermove', event => this.drag(event));
    for (const name of ['pointerup', 'pointercancel']) this.element.addEventListener(name, event => this.pointers.delete(event.pointerId));
    this.element.addEventListener('keydown', event => this.key(event));
    new ResizeObserver(() => this.fit()).observe(this.element);
  }

  /** Shows an image, its heatmap above, and boxes. */
  show(width, height, image, heat, regions) {
    Object.assign(this, { width, height, heat });
    this.boxes = svg('svg', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
    for (const kind of ['under', 'over']) {
      for (const region of regions) this.boxes.append(svg('rect', { class: kind, x: region.x, y: region.y, width: region.width, height: region.height }));
    }
    this.layers.replaceChildren(image, heat, this.boxes);
    this.layers.style.width = `${width}px`;
    this.layers.style.height = `${height}px`;
    this.wait.hidden = true;
    this.fit();
  }

  /** Puts the picture in place of a smaller one. */
  replace(image) {
    this.layers.firstChild.replaceWith(image);
  }

  /** What is still under way, beside the picture. */
  tell(text) {
    this.busy.hidden = !text;
    this.busy.textContent = text;
  }

  say(text) {
    this.tell('');
    this.layers.replaceChildren();
    this.wait.hidden = false;
    this.wait.textContent = text;
  }

  fit() {
    if (!this.width) return;
    const { clientWidth, clientHeight } = this.element;
    this.scale = Math.min(clientWidth / this.width, clientHeight / this.height);
    this.x = (clientWidth - this.width * this.scale) / 2;
    this.y = (clientHeight - this.height * this.scale) / 2;
    this.place();
  }

  zoom(factor, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2) {
    if (!this.width) return;
    const scale = Math.min(64, Math.max(0.02, this.scale * factor));
    this.x = x - (x - this.x) * scale / this.scale;
    this.y = y - (y - this.y) * scale / this.scale;
    this.scale = scale;
    this.place();
  }

  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const { left, top } = this.element.getBoundingClientRect();
    const other = [...this.pointers.values()].find(pointer => pointer.pointerId !== event.pointerId);
    if (other) {
      const distance = point => Math.hypot(point.clientX - other.clientX, point.clientY - other.clientY);
      this.zoom(distance(event) / Math.max(1, distance(before)), (event.clientX + other.clientX) / 2 - left, (event.clientY + other.clientY) / 2 - top);
    } else {
      this.x += event.clientX - before.clientX;
      this.y += event.clientY - before.clientY;
      this.place();
    }
    this.pointers.set(event.pointerId, event);
  }

  key(event) {
    const moves = { ArrowLeft: [move, 0], ArrowRight: [-move, 0], ArrowUp: [0, move], ArrowDown: [0, -move] };
    if (event.key === '+' || event.key === '=') this.zoom(step);
    else if (event.key === '-') this.zoom(1 / step);
    else if (event.key === '0') this.fit();
    else if (moves[event.key]) {
      this.x += moves[event.key][0];
      this.y += moves[event.key][1];
      this.place();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  place() {
    this.layers.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.layers.style.setProperty('--unit', 1 / this.scale);
    this.layers.classList.toggle('sharp', this.scale >= pixels);
  }
}
