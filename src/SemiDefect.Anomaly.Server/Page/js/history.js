import { call, get } from './api.js';
import { $, badge, h, notice, number, saveAs, signed, time } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { fillFilter, onModel } from './models.js';
import { thumbnail } from './thumbnails.js';
import { openViewer } from './viewer.js';

const store = 'semidefect-history';
let inspections = [];
let cursor;

export function start() {
  const form = $('filters');
  const fill = () => fillFilter(form.elements.model);
  onModel(fill);
  onLanguage(() => {
    fill();
    draw();
  });

  // The filters of this tab survive a reload. The list of models comes later, so its choice is a plain option till then.
  for (const [name, value] of Object.entries(JSON.parse(sessionStorage.getItem(store) ?? '{}'))) {
    const field = form.elements[name];
    if (name === 'model' && value) field.append(h('option', { value, selected: true }, value));
    field.value = value;
  }
  form.addEventListener('submit', event => {
    event.preventDefault();
    sessionStorage.setItem(store, JSON.stringify(Object.fromEntries(new FormData(form))));
    show().catch(notice);
  });
  $('history-more').addEventListener('click', () => more().catch(notice));
  $('export').addEventListener('click', () => save().catch(notice));
}

export async function show() {
  inspections = [];
  cursor = undefined;
  await more();
}

function query() {
  const fields = new FormData($('filters'));
  const values = new URLSearchParams();
  for (const [name, value] of fields) {
    if (value) values.set(name, name === 'from' || name === 'to' ? new Date(value).toISOString() : value);
  }
  return values;
}

async function more() {
  const values = query();
  if (cursor) values.set('cursor', cursor);
  const page = await get(`inspections?${values}`);
  inspections.push(...page.inspections);
  cursor = page.next_cursor;
  draw();
}

function draw() {
  $('history-rows').replaceChildren(...inspections.map((inspection, index) => h('tr', {},
    h('td', {}, h('button', { type: 'button', 'aria-label': `${t('open')} ${inspection.name}`, onclick: () => openViewer(inspections, index, replace) }, thumbnail(inspection))),
    h('td', {}, time(inspection.time)),
    h('td', { class: 'name', title: inspection.name }, inspection.name),
    h('td', {}, inspection.model),
    h('td', {}, badge(inspection.decision)),
    h('td', { class: 'number' }, number(inspection.score)),
    h('td', { class: 'number' }, signed(inspection.margin)),
    h('td', {}, inspection.verdict ? t(`verdict_${inspection.verdict.value}`) : ''))));
  $('history-empty').hidden = inspections.length > 0;
  $('history-more').hidden = !cursor;
}

function replace(inspection) {
  inspections = inspections.map(other => (other.id === inspection.id ? inspection : other));
  draw();
}

async function save() {
  saveAs(await (await call(`inspections/export.csv?${query()}`)).blob(), 'inspections.csv');
}
