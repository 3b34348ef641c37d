import { get } from './api.js';
import { $, h, number } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { modelPath } from './models.js';

let shown;
let evidence;
let isCandidate = false;

export function start() {
  onLanguage(draw);
}

/** Shows what a version can see: the active one, or a candidate. Without a model, null. */
export async function showEvidence(model, candidate) {
  const wanted = shown = model && `${model}/${candidate ?? ''}`;
  const found = model ? await get(modelPath(`/evidence${candidate ? `?version=${candidate}` : ''}`, model)) : null;
  if (wanted !== shown) return;
  [evidence, isCandidate] = [found, !!candidate];
  draw();
}

function draw() {
  const tables = [];
  $('see-none').hidden = !!evidence;
  $('see-candidate').hidden = !isCandidate || !evidence;
  if (evidence) {
    $('see-candidate-text').textContent = t('see_candidate', evidence.version);
    $('see-text').textContent = [t('see_learned', evidence.images, evidence.version), summary(evidence.planted)].filter(Boolean).join(' ');
    if (evidence.planted) tables.push(planted(evidence.planted));
    if (evidence.tuning) tables.push(tried(evidence.tuning));
  } else {
    $('see-text').textContent = '';
  }
  $('see-note').textContent = evidence?.note ?? '';
  $('see-note').hidden = !evidence?.note;
  $('see-tables').replaceChildren(...tables.flat());
}

function summary(table) {
  if (!table) return t('see_nothing_planted');
  const present = table.thresholds.find(threshold => threshold.is_present);
  const sizes = present.by_size.map((share, index) => t('see_size', table.sizes[index], share.found, share.planted)).join(', ');
  return t('see_summary', present.found.found, present.found.planted, sizes);
}

// The same table as 'semidefect info' prints.
function planted(table) {
  const rows = table.thresholds.map(cost => h('tr', { class: cost.is_present ? 'active' : null },
    h('th', { scope: 'row' }, cost.false_alarm_rate == null ? t('see_by_hand') : percent(cost.false_alarm_rate)),
    cell(number(cost.threshold, 4)), cell(share(cost.found)), ...cost.by_size.map(one => cell(share(one))),
    h('td', {}, cost.is_present ? t('see_present') : '')));
  return frame('see-planted', t('see_costs'), t('see_costs_hint', table.images),
    [h('th', { scope: 'col' }, t('fit_rate')), head(t('threshold')), head(t('see_found')), ...table.sizes.map(size => head(`${size} px`)), h('th', { scope: 'col' }, h('span', { class: 'hidden' }, t('see_remark')))], rows);
}

function tried(table) {
  const rows = table.candidates.map(one => h('tr', { class: one.is_chosen ? 'active' : null },
    h('th', { scope: 'row' }, [t('see_at', one.networks.join(', '), one.scales.join(', ')), one.change].filter(Boolean).join(', ')),
    cell(share(one.found)), ...one.by_size.map(size => cell(share(size))), cell(`${one.better_kinds}`), cell(`${one.worse_kinds}`),
    cell(one.multiply_adds ? number(one.multiply_adds / 1e9, 1) : '\u2013'),
    h('td', {}, [one.is_default ? t('see_default') : '', one.is_chosen ? t('see_chosen') : ''].filter(Boolean).join(', '))));
  return frame('see-tried', t('see_tried'), t('see_tried_hint', table.candidates.length, table.learned, table.held_out),
    [h('th', { scope: 'col' }, t('see_networks')), head(t('see_found')), ...table.sizes.map(size => head(`${size} px`)), head(t('see_better')), head(t('see_worse')), head(t('see_cost')), h('th', { scope: 'col' }, h('span', { class: 'hidden' }, t('see_remark')))], rows);
}

const frame = (id, title, hint, heads, rows) => [
  h('h3', { id: `${id}-title` }, title), h('p', { class: 'hint' }, hint),
  h('div', { class: 'table-frame', tabindex: 0, role: 'region', 'aria-labelledby': `${id}-title` },
    h('table', { id }, h('thead', {}, h('tr', {}, ...heads)), h('tbody', {}, ...rows))),
];
const head = text => h('th', { scope: 'col', class: 'number' }, text);
const cell = text => h('td', { class: 'number' }, text);
const share = ({ found, planted: all }) => t('see_share', found, all);
const percent = rate => `${Number((100 * rate).toPrecision(3))} %`;
