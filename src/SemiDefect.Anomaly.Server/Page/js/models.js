import { send } from './api.js';
import { $, h, notice, time } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { onNews, refresh } from './live.js';

const store = 'semidefect-model';
const listeners = [];
let names = [];
let deleted = [];

// The state that was drawn: another model may be wanted before the next news.
let shown = '';
let wanted = localStorage.getItem(store) ?? '';

/** The model chosen, or an empty text: also when it was deleted in the meantime. */
export const chosen = () => (names.includes(wanted) ? wanted : '');

/** Whether there is a model of this name. */
export const exists = name => names.includes(name);

/** Whether there is any model. */
export const hasModels = () => names.length > 0;

/** What can be restored: kind, model, time, until, actor. */
export const restorable = () => deleted;

/** The address of a model below the API. */
export const modelPath = (rest = '', name = chosen()) => `models/${encodeURIComponent(name)}${rest}`;

export const onModel = listener => listeners.push(listener);

/** Asks which models there are, and chooses one of them. */
export async function loadModels(choice) {
  if (choice) wanted = choice;
  await refresh();
}

/** Fills a filter with the models. */
export function fillFilter(select) {
  const before = select.value;
  select.replaceChildren(h('option', { value: '' }, t('any')), ...names.map(name => h('option', { value: name, selected: name === before }, name)));
}

/** Brings back what was deleted. */
export async function restore(kind, model) {
  await send('POST', modelPath(kind === 'model' ? '/restore' : '/training/restore', model));
  await loadModels(kind === 'model' ? model : undefined);
}

function take(list) {
  const drifting = list.models.filter(model => model.drift).map(model => model.name);
  $('drift-banner').hidden = !drifting.length;
  const said = drifting.map(name => t('drift_banner', name)).join(' ');
  if ($('drift-banner').textContent !== said) $('drift-banner').textContent = said;
  names = list.models.map(model => model.name);
  deleted = list.deleted;

  // Another model is never chosen silently in place of one that was deleted: images would go to the wrong one.
  if (!wanted && names.length) [wanted] = names;
  const state = JSON.stringify([names, deleted, chosen()]);
  if (state === shown) return;
  shown = state;
  draw();
  listeners.forEach(listener => listener());
}

function draw() {
  const gone = wanted && !chosen();
  $('model-select').replaceChildren(
    ...(gone ? [h('option', { value: '', selected: true }, t('gone_option', wanted))] : []),
    ...names.map(name => h('option', { selected: name === wanted }, name)));
  const entry = deleted.find(one => one.kind === 'model' && one.model === wanted);
  $('gone').hidden = !gone;
  $('gone').replaceChildren(...(gone ? [
    h('span', {}, entry ? t('gone_by', wanted, entry.actor, time(entry.time)) : t('gone', wanted)),
    entry ? h('button', { type: 'button', 'data-needs': 'engineer', onclick: () => restore('model', entry.model).catch(notice) }, t('undo')) : null,
  ] : []).filter(Boolean));
}

onNews(take);
onLanguage(draw);
$('model-select').addEventListener('change', () => {
  wanted = $('model-select').value || wanted;
  localStorage.setItem(store, wanted);
  draw();
  listeners.forEach(listener => listener());
});
