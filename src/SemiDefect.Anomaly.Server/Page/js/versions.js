import { get, picture, send } from './api.js';
import { comparison } from './comparison.js';
import { ask, insist } from './dialogs.js';
import { $, h, notice, number, time } from './dom.js';
import { t } from './i18n.js';
import { chosen, modelPath } from './models.js';
import { openViewer } from './viewer.js';

let model;
let versions = [];
let onChange;
let addresses = [];

// What was unchecked of a version's images stays so when the view is drawn again.
let unchecked = { version: '', images: new Set() };

/** Shows the versions of the model and the newest candidate; change is called when another version is active. */
export async function showVersions(change) {
  onChange = change;
  model = chosen();
  ({ versions } = await get(modelPath('/versions', model)));
  drawList();
  const active = versions.find(version => version.state === 'active');
  const candidate = versions.find(version => version.state === 'candidate' && version.number > (active?.number ?? 0));
  $('candidate').hidden = !candidate;
  if (candidate) await showCandidate(candidate.number);
}

function drawList() {
  $('version-rows').replaceChildren(...versions.map(version => h('tr', { class: version.state, 'data-version': version.number },
    h('td', { class: 'number' }, `${version.number}`),
    h('td', {}, t(`version_${version.state}`)),
    h('td', {}, t(`origin_${version.origin}`)),
    h('td', {}, time(version.time)),
    h('td', {}, version.actor),
    h('td', { class: 'number' }, exact(version.threshold)),
    h('td', {}, version.state === 'active' ? '' : h('span', { class: 'row' },
      h('button', { type: 'button', 'data-needs': 'engineer', onclick: () => activate(version).catch(notice) }, t('activate')),
      h('button', { type: 'button', onclick: () => showCandidate(version.number).catch(notice) }, t('look')))))));
}

async function showCandidate(number) {
  const detail = await get(modelPath(`/versions/${number}`, model));
  const { version, active, lost, learned } = detail;
  addresses.forEach(URL.revokeObjectURL);
  addresses = [];
  const learn = h('button', { type: 'button', id: 'candidate-again', 'data-needs': 'engineer', disabled: true, onclick: () => learnAgain(boxes).catch(notice) }, t('learn_checked'));
  if (unchecked.version !== `${model}/${number}`) unchecked = { version: `${model}/${number}`, images: new Set() };
  const out = unchecked.images;
  const boxes = learned.map(({ inspection }) => h('input', {
    type: 'checkbox',
    checked: !out.has(inspection),
    value: inspection,
    onchange: ({ target }) => {
      if (target.checked) out.delete(inspection);
      else out.add(inspection);
      learn.disabled = !differs(boxes);
    },
  }));
  learn.disabled = !differs(boxes);
  $('candidate').hidden = false;
  $('candidate').replaceChildren(
    h('h2', {}, t('candidate_title', version.number, t(`version_${version.state}`))),
    h('p', { class: 'hint' }, t('candidate_hint', active?.number ?? 0)),
    h('dl', {},
      h('dt', {}, t('threshold_before')), h('dd', { id: 'candidate-before' }, active ? exact(active.threshold) : '\u2013'),
      h('dt', {}, t('threshold_after')), h('dd', { id: 'candidate-after' }, exact(version.threshold))),
    h('p', { id: 'candidate-lost', class: lost.length ? 'bad' : '', role: 'status' },
      t('candidate_lost', lost.length, detail.known_defects), detail.unscored ? ` ${t('candidate_unscored', detail.unscored)}` : ''),
    h('ul', { class: 'strip', 'data-list': 'lost' }, ...lost.map((defect, index) => h('li', {},
      h('button', { type: 'button', onclick: () => openViewer(lost.map(one => one.inspection), index, () => {}) },
        small(defect.inspection.links.image && `inspections/${defect.inspection.id}/thumbnail.webp`),
        h('span', { class: 'small' }, `${defect.inspection.name} ${exact(defect.score_before)} \u2192 ${exact(defect.score_after)}`))))),
    learned.length ? h('h3', {}, t('candidate_learned')) : null,
    h('ul', { class: 'strip', 'data-list': 'learned' }, ...learned.map((image, index) => h('li', {},
      h('label', {}, small(image.image), h('span', { class: 'row small' }, boxes[index], image.name))))),
    comparison(model, version, versions),
    h('p', { class: 'row' },
      version.state === 'active' ? null : h('button', { type: 'button', id: 'candidate-use', class: lost.length ? 'danger' : 'primary', 'data-needs': 'engineer', onclick: () => activate(version).catch(notice) }, t('candidate_use', version.number)),
      learned.length ? learn : null,
      version.state === 'candidate' ? h('button', { type: 'button', id: 'candidate-discard', 'data-needs': 'engineer', onclick: () => discard(version).catch(notice) }, t('candidate_discard')) : null));
}

async function activate(version) {
  const active = versions.find(other => other.state === 'active');
  const answer = await ask({
    title: t('activate_title', version.number),
    lines: [t('activate_lines', active?.number ?? 0, active ? exact(active.threshold) : '\u2013', exact(version.threshold))],
    action: t('activate'),
    danger: false,
  });
  if (!answer) return;
  const done = await insist(more => send('POST', modelPath(`/versions/${version.number}/activate`, model), more));
  if (done) await onChange(t('activated', version.number));
}

async function discard(version) {
  await send('POST', modelPath(`/versions/${version.number}/discard`, model), {});
  await onChange(t('discarded', version.number));
}

async function learnAgain(boxes) {
  const inspections = boxes.filter(box => box.checked).map(box => Number(box.value));
  $('candidate').dispatchEvent(new CustomEvent('learn', { detail: inspections }));
}

const differs = boxes => boxes.some(box => !box.checked) && boxes.some(box => box.checked);

// The name is written beside it.
function small(path) {
  const image = h('img', { alt: '', loading: 'lazy' });
  if (!path) return h('span', { class: 'no-picture' }, t('no_picture'));
  picture(path).then(address => {
    addresses.push(address);
    image.src = address;
  }).catch(() => image.replaceWith(h('span', { class: 'no-picture' }, t('no_picture'))));
  return image;
}

// Enough digits to see a difference: margins of 0.0002 decide.
export const exact = value => number(value, 4);
