import { call, get } from './api.js';
import { $, h, notice } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { modelPath } from './models.js';
import { lazyPicture } from './thumbnails.js';

const step = 60;
const pairs = ['duplicate', 'near_duplicate'];
let model = '';
let files = [];
let findings = [];
let most = step;
let stop;
let removed = [];
let say = () => '';
let changed = () => {};

export function start(onChange) {
  changed = onChange;
  $('training-more').addEventListener('click', () => {
    most += step;
    draw();
  });
  $('training-undo').addEventListener('click', () => undo().catch(notice));
  onLanguage(draw);
}

/** Shows the training images of a model, and checks them anew where one has changed. */
export function showImages(name, list) {
  const isSame = name === model && JSON.stringify(list) === JSON.stringify(files);
  if (name !== model) {
    most = step;
    removed = [];
  }
  if (isSame && !stop?.signal.aborted) return;
  [model, files] = [name, list];
  findings = findings.filter(finding => finding.images.length && finding.images.every(image => list.some(file => file.name === image)));
  draw();
  check();
}

/** Ends a check under way. */
export function leaveImages() {
  if (say === running) stop?.abort();
}

const running = () => t('check_running', files.length);

async function check() {
  stop?.abort();
  stop = new AbortController();
  const { signal } = stop;
  if (!files.length) {
    findings = [];
    say = () => '';
    draw();
    return;
  }
  say = running;
  draw();
  try {
    const report = await get(modelPath('/training/check', model), { signal });
    findings = report.findings;
    say = () => (findings.length ? t('check_found', findings.length) : t('check_none_found'));
  } catch (problem) {
    if (signal.aborted) return;
    say = () => t('check_failed', problem.message);
  }
  draw();
}

function draw() {
  const focused = document.activeElement?.closest?.('#training button')?.dataset.remove;
  const about = new Map();
  for (const finding of findings) for (const image of finding.images) about.set(image, [...(about.get(image) ?? []), finding]);
  const ordered = [...files].sort((a, b) => about.has(b.name) - about.has(a.name));
  $('check-state').textContent = say();
  $('check-list').replaceChildren(...findings.filter(finding => !finding.images.length || finding.images.some(image => !files.some(file => file.name === image)))
    .map(finding => h('li', { class: finding.severity }, [t('finding', finding.code, finding.message), ...finding.images].join(' '))));
  $('training').replaceChildren(...ordered.slice(0, most).map((file, index) => tile(file, index, about.get(file.name) ?? [])));
  $('training-more').hidden = files.length <= most;
  $('training-more').textContent = t('training_more', files.length - most);
  $('training-removed').hidden = !removed.length;
  $('training-removed-text').textContent = removed.length ? t('training_removed', removed.at(-1)) : '';
  if (focused) $('training').querySelector(`[data-remove="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function tile(file, index, found) {
  const path = modelPath(`/training/${encodeURIComponent(file.name)}/thumbnail.webp?written=${encodeURIComponent(file.written)}`, model);
  return h('li', { class: found.length ? 'noticed' : null },
    lazyPicture(path),
    h('span', { class: 'small' }, file.name),
    ...found.map(finding => h('span', { class: `finding ${finding.severity}` }, words(finding, file.name))),
    h('button', { type: 'button', 'data-needs': 'engineer', 'data-remove': file.name, 'aria-label': t('training_remove_name', file.name), onclick: () => remove(file, index).catch(notice) }, t('training_remove')));
}

function words(finding, name) {
  if (!pairs.includes(finding.code)) return t('finding', finding.code, finding.message);
  return t(`finding_${finding.code}`, finding.images.find(image => image !== name) ?? name);
}

async function remove(file, index) {
  const before = model;
  await call(modelPath(`/training/${encodeURIComponent(file.name)}`, before), { method: 'DELETE' });
  if (model === before) removed.push(file.name);
  await changed();

  // The keyboard goes on with the next image.
  const buttons = $('training').querySelectorAll('button');
  (buttons[Math.min(index, buttons.length - 1)] ?? $('training-undo')).focus();
}

async function undo() {
  const name = removed.at(-1);
  await call(modelPath(`/training/${encodeURIComponent(name)}/restore`, model), { method: 'POST' });
  removed.pop();
  await changed();
}
