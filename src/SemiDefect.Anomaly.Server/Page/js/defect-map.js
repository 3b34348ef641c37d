import { picture } from './api.js';
import { t } from './i18n.js';

const cells = 64;

/** Where parts were abnormal: how many of their regions cover each place, over a good part. */
export class DefectMap {
  constructor(canvas, onPick) {
    this.canvas = canvas;
    canvas.addEventListener('click', event => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      this.pick(onPick, (event.clientX - left) / width, (event.clientY - top) / height);
    });
    canvas.addEventListener('keydown', event => this.key(event, onPick));
  }

  /** Gives a sentence where the parts do not lie alike, so that places mean nothing. */
  async draw(parts, good, turns) {
    this.parts = parts;
    const [first] = good ? [good] : parts;
    if (!first) return t('map_none');
    const others = parts.filter(one => Math.abs(one.width / one.height - first.width / first.height) > 0.02);
    this.canvas.width = 640;
    this.canvas.height = Math.round(640 * first.height / first.width);
    const context = this.canvas.getContext('2d');
    context.fillStyle = '#20262e';
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    await this.under(context, first);
    const counts = this.count();
    const most = Math.max(...counts.flat(), 1);
    const [w, tall] = [this.canvas.width / cells, this.canvas.height / cells];
    counts.forEach((row, y) => row.forEach((n, x) => {
      if (!n) return;
      context.fillStyle = `rgb(255 ${Math.round(200 - 160 * n / most)} 0 / ${0.25 + 0.6 * n / most})`;
      context.fillRect(x * w, y * tall, Math.ceil(w), Math.ceil(tall));
    }));
    this.cursor = undefined;
    return turns ? t('map_turned') : others.length ? t('map_sizes', others.length) : '';
  }

  /** The parts with a region at a place, in shares of the width and the height. */
  at(x, y) {
    return this.parts.filter(part => part.regions.some(one =>
      x * part.width >= one.x && x * part.width <= one.x + one.width && y * part.height >= one.y && y * part.height <= one.y + one.height));
  }

  count() {
    const counts = Array.from({ length: cells }, () => new Array(cells).fill(0));
    for (const part of this.parts) {
      const covered = new Set();
      for (const region of part.regions) {
        const from = (value, size) => Math.max(0, Math.floor(value / size * cells));
        const to = (value, size) => Math.min(cells, Math.max(1, Math.ceil(value / size * cells)));
        for (let y = from(region.y, part.height); y < to(region.y + region.height, part.height); y++) {
          for (let x = from(region.x, part.width); x < to(region.x + region.width, part.width); x++) covered.add(cells * y + x);
        }
      }
      covered.forEach(cell => { counts[Math.floor(cell / cells)][cell % cells]++; });
    }
    return counts;
  }

  pick(onPick, x, y) {
    onPick(this.parts ? this.at(x, y) : []);
  }

  // Arrow keys move a place, and Enter picks it.
  key(event, onPick) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    this.cursor ??= [cells / 2, cells / 2];
    if (event.key === 'Enter') {
      this.pick(onPick, (this.cursor[0] + 0.5) / cells, (this.cursor[1] + 0.5) / cells);
    } else if (moves[event.key]) {
      this.cursor = this.cursor.map((value, i) => Math.min(cells - 1, Math.max(0, value + moves[event.key][i])));
      const [x, y] = this.cursor.map(value => (value + 0.5) / cells);
      this.canvas.setAttribute('aria-label', t('map_place', Math.round(100 * x), Math.round(100 * y), this.parts ? this.at(x, y).length : 0));
    } else return;
    event.preventDefault();
  }

  async under(context, part) {
    if (!part.links.image) return;
    const address = await picture(part.links.image);
    try {
      const image = new Image();
      image.src = address;
      await image.decode();
      context.drawImage(image, 0, 0, this.canvas.width, this.canvas.height);
    } finally {
      URL.revokeObjectURL(address);
    }
  }
}
