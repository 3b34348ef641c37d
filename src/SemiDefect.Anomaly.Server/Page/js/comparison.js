import { events, get, send } from './api.js';
import { h, notice, number } from './dom.js';
import { t } from './i18n.js';
import { modelPath } from './models.js';
import { thumbnail } from './thumbnails.js';
import { openViewer } from './viewer.js';

const decisions = ['normal', 'check', 'abnormal'];
const usual = 200;
const most = 5000;

/** What a version and another one say about the latest parts: a table of both decisions, and where they differ. */
export function comparison(model, version, versions) {
  const others = versions.filter(other => other.number !== version.number);
  if (!others.length) return null;
  const active = others.find(other => other.state === 'active') ?? others[0];
  const other = h('select', {}, ...others.map(one => h('option', { value: one.number }, t('compare_version', one.number, t(`version_${one.state}`)))));
  other.value = active.number;
  const count = h('input', { type: 'number', min: 1, max: most, step: 1, required: true, value: usual });
  const result = h('div', { id: 'comparison-result' });
  const state = h('p', { id: 'comparison-state', role: 'status' });
  const button = h('button', { id: 'comparison-start', 'data-needs': 'engineer' }, t('compare_start'));
  const address = modelPath(`/versions/${version.number}/comparison`, model);
  const load = async () => {
    const found = await get(`${address}?${new URLSearchParams({ with: other.value, count: count.value })}`);
    draw(result, state, found);
  };
  const run = async () => {
    button.disabled = true;
    state.textContent = t('compare_under_way');
    try {
      const job = await send('POST', address, { with: Number(other.value), count: Number(count.value) });
      let last = job;
      await events(`jobs/${job.id}/events`, next => { last = next; });
      if (last.state === 'done') await load();
      else state.textContent = last.error ?? t(`job_${last.state}`);
    } finally {
      button.disabled = false;
    }
  };
  other.addEventListener('change', () => load().catch(notice));
  load().catch(notice);
  return h('section', { 'aria-labelledby': 'comparison-title' },
    h('h3', { id: 'comparison-title' }, t('compare_title')),
    h('form', { class: 'filters', onsubmit: event => {
      event.preventDefault();
      run().catch(error => {
        state.textContent = '';
        notice(error);
      });
    } }, h('label', {}, t('compare_with'), other), h('label', {}, t('compare_count'), count), button),
    state, result);
}

function draw(result, state, found) {
  const { compared, unscored, version, agreement, disagreements } = found;
  state.textContent = compared ? t('compare_compared', compared, unscored) : '';
  if (!compared) {
    result.replaceChildren();
    return;
  }
  const shown = decisions.filter(one => agreement.some(pair => pair.decision === one || pair.decision_with === one));
  const of = (row, column) => agreement.find(pair => pair.decision === row && pair.decision_with === column)?.count ?? 0;
  const inspections = disagreements.map(one => one.inspection);
  result.replaceChildren(
    h('div', { class: 'table-frame', tabindex: 0, role: 'region', 'aria-labelledby': 'comparison-caption' }, h('table', {},
      h('caption', { id: 'comparison-caption' }, t('compare_table', version, found.with)),
      h('thead', {}, h('tr', {}, h('td'), ...shown.map(one => h('th', { scope: 'col', class: 'number' }, `${t('compare_short', found.with)}: ${t(one)}`)))),
      h('tbody', {}, ...shown.map(row => h('tr', {}, h('th', { scope: 'row' }, `${t('compare_short', version)}: ${t(row)}`),
        ...shown.map(column => h('td', { class: row !== column && of(row, column) ? 'number bad' : 'number' }, `${of(row, column)}`))))))),
    h('p', {}, t('compare_differ', compared - shown.reduce((sum, one) => sum + of(one, one), 0), compared, disagreements.length)),
    h('ul', { class: 'strip', 'data-list': 'disagreements' }, ...disagreements.map((one, index) => h('li', {},
      h('button', { type: 'button', onclick: () => openViewer(inspections, index, () => {}) }, thumbnail(one.inspection),
        h('span', { class: 'small' }, one.inspection.name),
        h('span', { class: 'small' }, `${t('compare_short', found.with)}: ${t(one.decision_with)} (${exact(one.score_with)})`),
        h('span', { class: 'small' }, `${t('compare_short', version)}: ${t(one.decision)} (${exact(one.score)})`))))));
}

const exact = value => number(value, 4);
