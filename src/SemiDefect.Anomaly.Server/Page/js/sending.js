import { h } from './dom.js';
import { t } from './i18n.js';

// What takes longer than this is shown: less would only flicker.
const patience = 400;
const width = 240;

/** Cards of the images that are being inspected, with their names and small pictures: a large one takes seconds. */
export class Sending {
  constructor(list) {
    this.list = list;
    this.cards = new Map();
    this.drawn = Promise.resolve();
  }

  begin(item) {
    this.cards.set(item.key, { timer: setTimeout(() => this.show(item), patience) });
  }

  end(item) {
    const card = this.cards.get(item.key);
    clearTimeout(card?.timer);
    card?.element?.remove();
    this.cards.delete(item.key);
    this.list.hidden = this.list.children.length === 0;
  }

  show(item) {
    const card = this.cards.get(item.key);
    if (!card) return;
    const place = h('span', { class: 'no-picture' }, t('loading'));
    card.element = h('li', { class: 'pending' }, place, h('span', { class: 'name' }, item.name), h('progress', { 'aria-label': t('sending', item.name) }));
    this.list.append(card.element);
    this.list.hidden = false;

    // One after the other: a picture of 48 megapixels takes 192 MB while it is decoded.
    this.drawn = this.drawn.then(() => this.draw(item, place)).catch(() => { place.textContent = t('no_picture'); });
  }

  async draw(item, place) {
    if (!this.cards.has(item.key)) return;
    const small = await createImageBitmap(item.file, { resizeWidth: width, resizeQuality: 'low' });
    const canvas = h('canvas', { width: small.width, height: small.height, 'aria-hidden': 'true' });
    canvas.getContext('2d').drawImage(small, 0, 0);
    small.close();
    place.replaceWith(canvas);
  }
}
