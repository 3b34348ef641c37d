import { get } from './api.js';
import { $, h } from './dom.js';
import { t } from './i18n.js';

const store = 'semidefect-model';
const listeners = [];
let names = [];

/** The model chosen, or an empty text. */
export const chosen = () => $('model-select').value;

/** The address of a model below the API. */
export const modelPath = (rest = '', name = chosen()) => `models/${encodeURIComponent(name)}${rest}`;

export const onModel = listener => listeners.push(listener);

/** Asks which models there are, and keeps the choice where it can. */
export async function loadModels(choice) {
  names = (await get('models')).models.map(model => model.name);
  const before = choice ?? (chosen() || localStorage.getItem(store));
  $('model-select').replaceChildren(...names.map(name => h('option', { selected: name === before }, name)));
  listeners.forEach(listener => listener());
}

/** Fills a filter with the models. */
export function fillFilter(select) {
  const before = select.value;
  select.replaceChildren(h('option', { value: '' }, t('any')), ...names.map(name => h('option', { value: name, selected: name === before }, name)));
}

$('model-select').addEventListener('change', () => {
  localStorage.setItem(store, chosen());
  listeners.forEach(listener => listener());
});
