import { call, events, get, send, upload } from './api.js';
import { showAudit } from './audit.js';
import { ask, insist } from './dialogs.js';
import { $, badge, h, megabytes, notice, number, time } from './dom.js';
import { drawHistogram } from './histogram.js';
import { onLanguage, t } from './i18n.js';
import { chosen, exists, loadModels, modelPath, onModel, restorable, restore } from './models.js';
import { exact, showVersions } from './versions.js';
import { openViewer } from './viewer.js';

const recentCount = 500;
let model;
let recent = [];
let advice;
let defects = [];
let wanted;
let moveLine = () => {};

export function start() {
  $('threshold').addEventListener('input', () => choose(Number($('threshold').value)));
  $('threshold-typed').addEventListener('input', () => { if ($('threshold-typed').validity.valid && $('threshold-typed').value) choose(Number($('threshold-typed').value)); });
  $('threshold-reset').addEventListener('click', () => set(model.threshold.value));
  $('threshold-set').addEventListener('click', () => apply().catch(notice));
  $('advice-use').addEventListener('click', () => set(advice.suggested));
  $('threshold-rule').addEventListener('click', () => useRule().catch(notice));
  $('model-update').addEventListener('click', () => update().catch(notice));
  $('candidate').addEventListener('learn', event => update(event.detail).catch(notice));
  $('model-delete').addEventListener('click', () => remove().catch(notice));
  $('model-file').addEventListener('change', () => add().catch(notice));
  onModel(() => { if (!$('view-model').hidden) show().catch(notice); });
  onLanguage(() => { if (model) draw(); });
}

export async function show() {
  $('model-none').hidden = !!chosen();
  $('model-content').hidden = !chosen();
  $('threshold-done').textContent = '';
  drawDeleted();
  if (!chosen()) return;
  const filter = `inspections?limit=${recentCount}&model=${encodeURIComponent(chosen())}`;
  const [shown, page, suggested, ...known] = await Promise.all([get(modelPath()), get(filter), get(modelPath('/advice')), ...['confirmed', 'missed'].map(verdict => get(`${filter}&verdict=${verdict}`))]);
  [model, recent, advice] = [shown, page.inspections, suggested];

  // A confirmed inspection is a defect only if it was an alarm.
  defects = known.flatMap(one => one.inspections).filter(one => one.verdict.value === 'missed' || one.decision !== 'normal');
  draw();
  await Promise.all([showVersions(changed), showAudit()]);
}

// Another version is active, or a candidate was discarded.
async function changed(text) {
  await show();
  $('update-state').textContent = '';
  $('threshold-done').textContent = text;
}

function drawDeleted() {
  const list = restorable().filter(one => one.kind === 'model');
  $('deleted').hidden = list.length === 0;
  $('deleted-rows').replaceChildren(...list.map(one => h('li', { class: 'row' },
    h('span', {}, t('deleted_line', one.model, one.actor, time(one.time), time(one.until))),
    h('button', { type: 'button', 'data-needs': 'engineer', onclick: () => restore(one.kind, one.model).then(show).catch(notice) }, t('undo')))));
}

function draw() {
  const scores = recent.map(item => item.score);


  // From the first percentile to three times the threshold: a few extreme scores must not flatten the rest.
  const all = [...model.calibration_scores, ...scores].sort((a, b) => a - b);
  const low = Math.min(all[Math.floor(all.length / 100)] ?? 0, model.threshold.value);
  const highest = Math.max(model.threshold.value, all.at(-1) ?? 0) * 1.05 || 1;
  const high = model.threshold.value > 0 ? Math.min(highest, 3 * model.threshold.value) : highest;
  Object.assign($('threshold'), { min: low, max: high });
  moveLine = drawHistogram($('histogram'), model.calibration_scores, scores, low, high);
  $('axis-low').textContent = exact(low);
  $('axis-high').textContent = high < highest ? t('axis_more', exact(high)) : exact(high);
  set(model.threshold.value);
  const details = [
    ['detail_backbone', `${model.backbone} (${model.taps.join(', ')})`], ['detail_images', t('detail_images_value', model.images)],
    ['detail_bank', `${model.bank_rows} \u00d7 ${model.dimension}`], ['detail_preset', model.preset],
    ['detail_rule', `${model.threshold.method}${model.false_alarm_rate ? ` (${percent(model.false_alarm_rate)})` : ''}`],
    ['check_threshold', model.check_threshold ? `${exact(model.check_threshold.value)} (${percent(model.check_rate)})` : t('check_none')],
    ['detail_version', `${model.version}`],
  ];
  $('model-details').replaceChildren(...details.flatMap(([name, value]) => [h('dt', {}, t(name)), h('dd', {}, value)]));
  const suggests = advice.suggested != null;
  $('advice-text').textContent = suggests
    ? `${t('advice_clear', number(advice.suggested), advice.good, advice.bad)} ${t('advice_f1', number(advice.f1_now ?? 0), number(advice.f1))}`
    : t('advice_few', advice.good, advice.bad);
  $('advice-use').hidden = !suggests;
  $('model-update').hidden = !advice.false_alarms;
  $('threshold-rule').textContent = t('threshold_rule', percent(model.rule_rate));
  $('threshold-rule').disabled = model.false_alarm_rate === model.rule_rate;
}

function set(value) {
  $('threshold-typed').value = value;
  choose(value);
}

// The slider cannot hold every number, so the number is kept here.
function choose(value) {
  wanted = value;
  if (document.activeElement !== $('threshold-typed')) $('threshold-typed').value = value;
  if (document.activeElement !== $('threshold')) $('threshold').value = value;
  preview();
}

function preview() {
  const value = wanted;

  // A threshold set by hand has no rate, and so no band below it.
  const check = value === model.threshold.value ? model.check_threshold?.value : null;
  const decide = item => (item.score > value ? 'abnormal' : check != null && item.score > check ? 'check' : 'normal');
  const changed = recent.filter(item => decide(item) !== item.decision);
  $('threshold-value').textContent = exact(value);
  $('threshold').setAttribute('aria-valuetext', exact(value));
  moveLine(value, check);
  const count = answer => recent.filter(item => decide(item) === answer).length;
  $('threshold-effect').textContent = t('effect', changed.length, recent.length, count('abnormal'), count('check'))
    + (model.check_threshold && check == null ? ` ${t('effect_no_check')}` : '');
  $('threshold-cost').textContent = t('effect_known', model.calibration_scores.filter(score => score > value).length, model.calibration_scores.length, defects.filter(one => one.score <= value).length, defects.length);
  $('threshold-set').disabled = value === model.threshold.value;
  $('changed-none').hidden = changed.length > 0;
  $('changed').replaceChildren(...changed.slice(0, 100).map((item, index) => h('li', {}, h('button', { type: 'button', onclick: () => openViewer(changed, index, replace) },
    h('span', { class: 'name' }, item.name), h('span', { class: 'number' }, number(item.score)), badge(decide(item))))));
}

function replace(inspection) {
  recent = recent.map(other => (other.id === inspection.id ? inspection : other));
}

async function apply() {
  await change({ value: wanted });
}

async function useRule() {
  await change({ false_alarm_rate: model.rule_rate });
}

async function change(wanted) {
  const done = await insist(more => send('PUT', modelPath('/threshold'), { ...wanted, ...more }));
  if (!done) return;
  await show();
  $('threshold-done').textContent = t('threshold_set', exact(done.after.value), done.version);
}

// The line goes on with the active version: the update makes a candidate to look at.
async function update(inspections) {
  const job = await send('POST', modelPath('/update'), inspections ? { inspections } : {});
  let last;
  await events(`jobs/${job.id}/events`, state => {
    last = state;
    $('update-state').textContent = t(state.state === 'running' ? `job_${state.stage ?? 'running'}` : `job_${state.state}`, state.error);
  });
  await show();
  if (last?.state === 'done') {
    $('update-state').textContent = t('update_done', last.version);
    $('candidate').scrollIntoView({ block: 'start' });
  }
}

async function remove() {
  const name = chosen();
  const answer = await ask({
    title: t('delete_title', name),
    lines: [t('delete_lines', model.images, model.training.count, megabytes(model.training.bytes)), t('delete_history'), t('undo_day')],
    action: t('delete_model'),
  });
  if (!answer) return;
  await call(modelPath('', name), { method: 'DELETE' });
  await loadModels();
  await show();
}

async function add() {
  const [file] = $('model-file').files;
  const name = file.name.replace(/\.sdad$/, '');
  $('model-file').value = '';
  if (exists(name)) {
    const before = await get(modelPath('', name));
    const answer = await ask({ title: t('replace_title', name), lines: [t('replace_lines', before.version, before.images), t('replace_kept')], action: t('replace') });
    if (!answer) return;
  }
  const done = await insist(({ override, reason }) => upload('PUT', modelPath(override ? `?override=true&reason=${encodeURIComponent(reason)}` : '', name), file));
  await loadModels(name);
  await show();
  if (done) $('threshold-done').textContent = t('uploaded', name);
}

const percent = rate => `${Number((100 * rate).toPrecision(3))} %`;
