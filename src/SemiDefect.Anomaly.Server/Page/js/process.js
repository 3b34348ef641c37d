import { get } from './api.js';
import { drawShares, drawTrend, table } from './charts.js';
import { DefectMap } from './defect-map.js';
import { $, badge, h, notice, number, signed, time } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { chosen, modelPath, onModel } from './models.js';
import { saveReport } from './shift-report.js';
import { thumbnail } from './thumbnails.js';
import { openViewer } from './viewer.js';

const hour = 3600000;
const most = 500;
const pause = 30000;
let stats;
let parts = [];
let total = 0;
let timer;
let map;

export function start() {
  map = new DefectMap($('map'), pick);
  $('process-filters').addEventListener('submit', event => {
    event.preventDefault();
    show().catch(notice);
  });
  $('process-filters').elements.period.addEventListener('change', () => show().catch(notice));
  $('process-report').addEventListener('click', () => saveReport(stats.model, stats, parts, total, $('process-filters').elements.station.value.trim()).catch(notice));
  onModel(() => { if (!$('view-process').hidden) show().catch(notice); });
  onLanguage(() => { if (stats) draw().catch(notice); });
}

export async function show() {
  hide();
  timer = setInterval(() => { if (!document.hidden) refresh().catch(notice); }, pause);
  await refresh();
}

export function hide() {
  clearInterval(timer);
}

async function refresh() {
  $('process-none').hidden = !!chosen();
  $('process-content').hidden = !chosen();
  if (!chosen()) return;
  const name = chosen();
  const { period, station } = $('process-filters').elements;
  const from = new Date(Date.now() - Number(period.value) * hour).toISOString();
  const of = more => new URLSearchParams(Object.entries({ station: station.value.trim(), from, ...more }).filter(([, value]) => value !== ''));
  const model = { model: name };
  const [now, bad, good, summary] = await Promise.all([
    get(modelPath(`/stats?${of({})}`, name)),
    get(`inspections?${of({ ...model, decision: 'abnormal', limit: most })}`),
    get(`inspections?${of({ ...model, decision: 'normal', limit: 1 })}`),
    get(`inspections/summary?${of({ ...model, decision: 'abnormal' })}`),
  ]);
  if (name !== chosen()) return;
  [stats, parts, total] = [now, bad.inspections, summary.total];
  stats.example = good.inspections[0];
  await draw();
}

async function draw() {
  const { drift, buckets } = stats;
  const all = buckets.reduce((sum, one) => sum + one.total, 0);
  $('process-empty').hidden = all > 0;
  $('process-charts').hidden = all === 0;
  $('process-report').disabled = all === 0;
  $('drift-text').textContent = t(`drift_${drift.state}`, drift.parts, number(drift.median ?? 0, 4), number(drift.first_median ?? stats.good?.p50 ?? 0, 4), deviations(drift));
  $('drift-text').className = drift.state === 'drift' ? 'bad' : '';
  if (!all) return;
  drawTrend($('trend'), stats);
  const out = drawShares($('shares'), stats);
  $('shares-text').textContent = t('process_shares', number(100 * stats.abnormal, 2), all, out);
  $('trend').setAttribute('aria-label', t('process_trend_label', buckets.length, number(buckets.at(-1).scores.p50), number(stats.threshold)));
  $('shares').setAttribute('aria-label', $('shares-text').textContent);
  $('process-table').replaceChildren(table(stats));
  const problem = await map.draw(parts, stats.example, stats.turns);
  $('map').setAttribute('aria-label', t('map_label', parts.length));
  $('map-text').textContent = [t('map_parts', parts.length, total), problem].filter(Boolean).join(' ');
  pick([]);
}

const deviations = drift => signed([drift.against_good ?? 0, drift.against_first ?? 0].reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a)));

function pick(found) {
  const replace = changed => { parts = parts.map(one => (one.id === changed.id ? changed : one)); };
  $('map-picked').textContent = found.length ? t('map_picked', found.length) : t('map_hint');
  $('map-rows').replaceChildren(...found.slice(0, 50).map((one, index) => h('li', {}, h('button', { type: 'button', onclick: () => openViewer(found, index, replace) },
    thumbnail(one), h('span', { class: 'name' }, one.part ?? one.name), h('span', { class: 'small' }, time(one.time)), badge(one.decision)))));
}
