import { picture } from './api.js';
import { h } from './dom.js';
import { t } from './i18n.js';

// Pictures that were fetched, the oldest first: enough for a few pages, and no more memory than that.
const kept = new Map();
const most = 400;
const waiting = new WeakMap();
const watcher = new IntersectionObserver(entries => {
  for (const entry of entries) {
    if (entry.isIntersecting) {
      watcher.unobserve(entry.target);
      load(entry.target, waiting.get(entry.target));
    }
  }
}, { rootMargin: '200px' });

/** A small picture of an inspection, fetched when it comes into sight. */
export function thumbnail(inspection) {
  return inspection.links.image ? lazyPicture(thumbnailPath(inspection)) : h('span', { class: 'no-picture' }, t('no_picture'));
}

export const thumbnailPath = inspection => `inspections/${inspection.id}/thumbnail.webp`;

/** A small picture that is fetched when it comes into sight. */
export function lazyPicture(path) {
  const image = h('img', { alt: '' });
  if (kept.has(path)) {
    image.src = kept.get(path);
  } else {
    waiting.set(image, path);
    watcher.observe(image);
  }
  return image;
}

async function load(image, path) {
  try {
    if (!kept.has(path)) kept.set(path, await picture(path));
    image.src = kept.get(path);
  } catch {
    image.replaceWith(h('span', { class: 'no-picture' }, t('no_picture')));
  }
  for (const [old, address] of kept) {
    if (kept.size <= most) break;
    URL.revokeObjectURL(address);
    kept.delete(old);
  }
}
