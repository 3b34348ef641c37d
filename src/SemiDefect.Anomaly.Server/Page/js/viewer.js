import { call, get, picture, send } from './api.js';
import { $, badge, h, notice, number, signed, time } from './dom.js';
import { t } from './i18n.js';
import { Stage } from './stage.js';
import { thumbnailPath } from './thumbnails.js';

const heatStore = 'semidefect-heat';
let stop;
let addresses = [];
let place = [0, 0];

// Notes that were written but not saved yet.
const notes = new Map();

/** Opens an inspection out of a list; onChange is told of a verdict. */
export function openViewer(list, index, onChange) {
  const dialog = $('viewer');
  stop?.abort();
  stop = new AbortController();
  release();
  const inspection = list[index];
  const stage = new Stage();
  const go = by => { if (list[index + by]) openViewer(list, index + by, onChange); };
  const change = changed => {
    list = list.map(other => (other.id === changed.id ? changed : other));
    onChange(changed);
    openViewer(list, index, onChange);
    $('viewer').querySelector('.saved').textContent = t('verdict_saved');
  };
  const heat = h('input', { type: 'range', id: 'heat', min: 0, max: 100, value: localStorage.getItem(heatStore) ?? 100 });
  const boxes = h('input', { type: 'checkbox', id: 'boxes', checked: true });
  const compare = h('div', { class: 'patches' });
  dialog.replaceChildren(
    h('div', { class: 'viewer-head' },
      h('h2', { id: 'viewer-title' }, inspection.name), badge(inspection.decision),
      h('button', { type: 'button', disabled: index === 0, onclick: () => go(-1), 'aria-label': t('previous') }, '\u2190'),
      h('button', { type: 'button', disabled: index === list.length - 1, onclick: () => go(1), 'aria-label': t('next') }, '\u2192'),
      h('button', { type: 'button', onclick: () => close(dialog) }, t('close'))),
    stage.element,
    h('div', { class: 'side' },
      ...inspection.notes.map(note => h('p', { class: 'finding warning' }, t(`note_${note.code}`, inspection.width, inspection.height, note.learned_width, note.learned_height))),
      facts(inspection),
      h('label', { for: 'heat' }, t('heat')), heat,
      legend(inspection),
      h('p', { class: 'row' }, h('label', { class: 'row' }, boxes, t('show_regions')), h('span', { class: 'small' }, t('region_count', inspection.region_count), namesOf(inspection))),
      h('p', { class: 'row' },
        h('button', { type: 'button', onclick: () => stage.zoom(1.25) }, t('zoom_in')),
        h('button', { type: 'button', onclick: () => stage.zoom(0.8) }, t('zoom_out')),
        h('button', { type: 'button', onclick: () => stage.fit() }, t('zoom_fit'))),
      verdicts(inspection, change),
      h('h3', {}, t('compare')), compare,
      h('p', { class: 'small' }, t('viewer_keys'))));
  const unreviewed = list.findIndex((one, i) => i > index && !one.verdict);
  const choice = number => dialog.querySelectorAll('button[data-verdict]')[number].click();
  const keys = {
    ArrowLeft: () => go(-1), ArrowRight: () => go(1), n: () => { if (unreviewed > 0) go(unreviewed - index); },
    b: () => boxes.click(), 1: () => choice(0), 2: () => choice(1),
  };
  dialog.onkeydown = event => {
    if (event.target.matches('input[type=text]') || event.ctrlKey || event.altKey || event.metaKey || (event.target.matches('input') && event.key.startsWith('Arrow'))) return;
    keys[event.key]?.();
  };
  dialog.oncancel = () => { place = [scrollX, scrollY]; };
  dialog.onclose = () => {
    stay(inspection);
    stop.abort();
    release();
  };
  if (!dialog.open) dialog.showModal();
  stage.element.focus();
  load(inspection, stage, heat, boxes, compare, stop.signal).catch(error => {
    if (error.name !== 'AbortError') stage.say(error.message);
  });
}

function close(dialog) {
  place = [scrollX, scrollY];
  dialog.close();
}

// The browser gives the focus back to what opened the viewer, and scrolls there; the page stays where it was. If the
// card was drawn anew meanwhile, its successor has the focus.
function stay(inspection) {
  const { activeElement } = document;
  if (activeElement === document.body || $('viewer').contains(activeElement)) {
    document.querySelector(`main section:not([hidden]) [data-id="${inspection.id}"]`)?.focus({ preventScroll: true });
  }
  scrollTo(...place);
}

function facts(inspection) {
  const entries = [
    ['score', number(inspection.score)], ['threshold', number(inspection.threshold)],
    ...(inspection.check_threshold == null ? [] : [['check_threshold', number(inspection.check_threshold)]]), ['col_margin', signed(inspection.margin)],
    ['p_value', inspection.p_value == null ? '\u2013' : inspection.p_value.toPrecision(2)],
    ['time', time(inspection.time)], ['size', `${inspection.width} \u00d7 ${inspection.height}`], ['model', inspection.model],
    ...['station', 'lot', 'part'].filter(name => inspection[name]).map(name => [`filter_${name}`, inspection[name]]),
  ];
  return h('dl', {}, ...entries.flatMap(([name, value]) => [h('dt', {}, t(name)), h('dd', {}, value)]));
}

function verdicts(inspection, change) {
  const note = h('input', { type: 'text', maxlength: 500, 'aria-label': t('note'), placeholder: t('note'), value: notes.get(inspection.id) ?? inspection.verdict?.note ?? '' });
  note.addEventListener('input', () => notes.set(inspection.id, note.value));
  const say = async value => {
    try {
      const changed = await send('PUT', `inspections/${inspection.id}/verdict`, { value, note: note.value || null });
      notes.delete(inspection.id);
      change(changed);
    } catch (error) {
      notice(error);
    }
  };
  const takeBack = async () => change(await (await call(`inspections/${inspection.id}/verdict`, { method: 'DELETE' })).json());
  const choices = ['confirmed', inspection.decision === 'normal' ? 'missed' : 'false_alarm'];
  return h('div', {}, h('h3', {}, t('verdict')), note, h('p', { class: 'row' },
    ...choices.map(value => h('button', { type: 'button', 'data-verdict': value, 'aria-pressed': `${inspection.verdict?.value === value}`, onclick: () => say(value) }, t(inspection.decision === 'check' ? `say_check_${value}` : `say_${value}`))),
    inspection.verdict ? h('button', { type: 'button', onclick: takeBack }, t('say_nothing')) : null),
  h('p', { class: 'saved small', role: 'status' }));
}

// The scale of all heatmaps: the pixel threshold is in its middle.
function legend(inspection) {
  return h('div', { class: 'heat-legend small' },
    h('img', { src: 'heat-scale.svg', alt: '' }),
    h('span', {}, '0'), h('span', {}, t('heat_threshold', number(inspection.pixel_threshold))), h('span', {}, t('heat_most')));
}

async function load(inspection, stage, heat, boxes, compare, signal) {
  if (!inspection.links.image) {
    stage.say(t('picture_gone'));
    return;
  }

  // A small picture is there first, then the picture, and then its heatmap, which takes longer.
  const full = element(inspection.links.image, signal);
  const overlay = h('img', { alt: '', draggable: 'false' });
  const small = element(thumbnailPath(inspection), signal);
  const first = await Promise.any([full, small]).catch(() => full);
  first.alt = inspection.name;
  stage.show(inspection.width, inspection.height, first, overlay, inspection.regions);
  const apply = () => {
    overlay.style.opacity = heat.value / 100;
    stage.boxes.style.display = boxes.checked ? '' : 'none';
    localStorage.setItem(heatStore, heat.value);
  };
  heat.addEventListener('input', apply);
  boxes.addEventListener('change', apply);
  apply();
  stage.tell(t('loading_full'));
  const image = await full;
  image.alt = inspection.name;
  if (image !== first) stage.replace(image);
  stage.tell(t('loading_heat'));
  const heatmap = await element(inspection.links.heatmap, signal);
  stage.tell('');
  overlay.src = heatmap.src;
  overlay.className = 'heat';
  await drawCompared(inspection, image, compare, signal);
}

async function drawCompared(inspection, image, compare, signal) {
  const { patch, training } = await get(inspection.links.compare, { signal });
  compare.append(figure(image, inspection.width, inspection.height, patch, t('compare_here')));
  if (training.available) {
    const good = await element(training.image, signal);
    compare.append(figure(good, good.naturalWidth, good.naturalHeight, training, t('compare_good', training.name)));
  } else {
    compare.append(h('figure', {}, h('figcaption', {}, t('compare_missing', training.name))));
  }
}

function figure(image, width, height, { x, y, side }, caption) {
  const canvas = h('canvas', { width: 288, height: 288, role: 'img', 'aria-label': caption });
  const size = Math.min(side, width, height);
  const left = Math.min(Math.max(0, x - size / 2), width - size);
  const top = Math.min(Math.max(0, y - size / 2), height - size);
  canvas.getContext('2d').drawImage(image, left, top, size, size, 0, 0, canvas.width, canvas.height);
  return h('figure', {}, canvas, h('figcaption', {}, caption));
}

// A picture may still be on its way into its element.
function release() {
  const old = addresses;
  addresses = [];
  setTimeout(() => old.forEach(address => URL.revokeObjectURL(address)), 10000);
}

async function element(path, signal) {
  const image = h('img', { alt: '', draggable: 'false' });
  image.src = await picture(path, signal);
  addresses.push(image.src);
  await image.decode();
  return image;
}

/** What the regions are called, for models that were taught names of defects. */
function namesOf({ regions }) {
  const names = regions.filter(region => region.type).map(region => region.type.name);
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts.size ? `: ${[...counts].map(([name, count]) => count > 1 ? `${count} x ${name}` : name).join(', ')}` : '';
}
