import { call, events, get, send, upload } from './api.js';
import { $, badge, h, notice, number } from './dom.js';
import { drawHistogram } from './histogram.js';
import { onLanguage, t } from './i18n.js';
import { chosen, loadModels, modelPath, onModel } from './models.js';
import { openViewer } from './viewer.js';

const recentCount = 500;
let model;
let recent = [];
let advice;
let moveLine = () => {};

export function start() {
  $('threshold').addEventListener('input', preview);
  $('threshold-reset').addEventListener('click', () => set(model.threshold.value));
  $('threshold-set').addEventListener('click', () => apply().catch(notice));
  $('advice-use').addEventListener('click', () => set(advice.suggested));
  $('model-update').addEventListener('click', () => update().catch(notice));
  $('model-delete').addEventListener('click', () => remove().catch(notice));
  $('model-file').addEventListener('change', () => add().catch(notice));
  onModel(() => { if (!$('view-model').hidden) show().catch(notice); });
  onLanguage(() => { if (model) draw(); });
}

export async function show() {
  $('model-none').hidden = !!chosen();
  $('model-content').hidden = !chosen();
  $('threshold-done').textContent = '';
  if (!chosen()) return;
  const filter = `inspections?limit=${recentCount}&model=${encodeURIComponent(chosen())}`;
  let page;
  [model, page, advice] = await Promise.all([get(modelPath()), get(filter), get(modelPath('/advice'))]);
  recent = page.inspections;
  draw();
}

function draw() {
  const scores = recent.map(item => item.score);
  const low = Math.min(0, model.threshold.value);
  const high = Math.max(model.threshold.value, ...model.calibration_scores, ...scores) * 1.05 || 1;
  Object.assign($('threshold'), { min: low, max: high });
  moveLine = drawHistogram($('histogram'), model.calibration_scores, scores, low, high);
  $('axis-low').textContent = number(low);
  $('axis-high').textContent = number(high);
  set(model.threshold.value);
  const details = [
    ['detail_backbone', `${model.backbone} (${model.taps.join(', ')})`], ['detail_images', t('detail_images_value', model.images)],
    ['detail_bank', `${model.bank_rows} \u00d7 ${model.dimension}`], ['detail_preset', model.preset],
    ['detail_rule', `${model.threshold.method}${model.false_alarm_rate ? ` (${model.false_alarm_rate * 100} %)` : ''}`],
  ];
  $('model-details').replaceChildren(...details.flatMap(([name, value]) => [h('dt', {}, t(name)), h('dd', {}, value)]));
  const suggests = advice.suggested != null;
  $('advice-text').textContent = suggests
    ? `${t('advice_clear', number(advice.suggested), advice.good, advice.bad)} ${t('advice_f1', number(advice.f1_now ?? 0), number(advice.f1))}`
    : t('advice_few', advice.good, advice.bad);
  $('advice-use').hidden = !suggests;
  $('model-update').hidden = !advice.false_alarms;
}

function set(value) {
  $('threshold').value = value;
  preview();
}

function threshold() {
  // The slider cannot hold every number: at its start it stands for the threshold itself.
  const value = Number($('threshold').value);
  return Math.abs(value - model.threshold.value) < 1e-9 * Math.max(1, Math.abs(value)) ? model.threshold.value : value;
}

function preview() {
  const value = threshold();
  const decide = item => (item.score > value ? 'abnormal' : 'normal');
  const changed = recent.filter(item => decide(item) !== item.decision);
  $('threshold-value').textContent = number(value);
  $('threshold').setAttribute('aria-valuetext', number(value));
  moveLine(value);
  $('threshold-effect').textContent = t('effect', changed.length, recent.length, recent.filter(item => decide(item) === 'abnormal').length);
  $('threshold-set').disabled = value === model.threshold.value;
  $('changed-none').hidden = changed.length > 0;
  $('changed').replaceChildren(...changed.slice(0, 100).map((item, index) => h('li', {}, h('button', { type: 'button', onclick: () => openViewer(changed, index, replace) },
    h('span', { class: 'name' }, item.name), h('span', { class: 'number' }, number(item.score)), badge(decide(item))))));
}

function replace(inspection) {
  recent = recent.map(other => (other.id === inspection.id ? inspection : other));
}

async function apply() {
  const change = await send('PUT', modelPath('/threshold'), { value: threshold() });
  await show();
  $('threshold-done').textContent = t('threshold_set', number(change.after.value));
}

async function update() {
  const job = await send('POST', modelPath('/update'));
  await events(`jobs/${job.id}/events`, state => {
    $('update-state').textContent = t(state.state === 'running' ? `job_${state.stage ?? 'running'}` : `job_${state.state}`, state.error);
  });
  await show();
}

async function remove() {
  if (!confirm(t('delete_sure', chosen()))) return;
  await call(modelPath(), { method: 'DELETE' });
  await loadModels();
  await show();
}

async function add() {
  const [file] = $('model-file').files;
  const name = file.name.replace(/\.sdad$/, '');
  await upload('PUT', modelPath('', name), file);
  $('model-file').value = '';
  await loadModels(name);
  await show();
  $('threshold-done').textContent = t('uploaded', name);
}
