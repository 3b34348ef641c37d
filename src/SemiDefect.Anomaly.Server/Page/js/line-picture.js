import { picture } from './api.js';
import { $, h, svg } from './dom.js';
import { t } from './i18n.js';

let shown;
let stop;

/** Shows a part: first its picture with the strongest box, then its heatmap. */
export async function showPart(inspection) {
  if (shown === inspection?.id) return;
  shown = inspection?.id;
  stop?.abort();
  stop = new AbortController();
  const { signal } = stop;
  const layers = $('line-layers');
  if (!inspection) {
    layers.replaceChildren();
    return;
  }
  if (!inspection.links.image) {
    layers.replaceChildren(h('p', { class: 'wait' }, t('no_picture')));
    return;
  }
  try {
    const image = await load(inspection.links.image, signal, inspection.name);
    layers.replaceChildren(image, mark(inspection));
    if (inspection.decision !== 'normal') image.after(await load(inspection.links.heatmap, signal, ''));
  } catch (error) {
    if (!signal.aborted) layers.replaceChildren(h('p', { class: 'wait' }, error.message));
  }
}

async function load(path, signal, alt) {
  const address = await picture(path, signal);
  try {
    const image = h('img', { src: address, alt, draggable: 'false' });
    await image.decode();
    signal.throwIfAborted();
    return image;
  } finally {
    URL.revokeObjectURL(address);
  }
}

// The box of the strongest region, or a circle where the strangest patch is. Nothing is marked on a good part.
function mark({ width, height, regions, nearest, decision }) {
  const layer = svg('svg', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
  const [region] = regions;
  for (const kind of decision === 'normal' ? [] : ['under', 'over']) {
    layer.append(region
      ? svg('rect', { class: kind, x: region.x, y: region.y, width: region.width, height: region.height })
      : svg('circle', { class: kind, cx: nearest.x, cy: nearest.y, r: Math.max(width, height) / 20 }));
  }
  return layer;
}
