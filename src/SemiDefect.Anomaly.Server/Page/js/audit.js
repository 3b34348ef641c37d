import { call, get } from './api.js';
import { $, h, notice, saveAs, time } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { chosen } from './models.js';

const shown = 20;

export function start() {
  for (const type of ['csv', 'json']) $(`audit-${type}`).addEventListener('click', () => save(type).catch(notice));
  $('audit-verify').addEventListener('click', () => verify().catch(notice));
  onLanguage(() => { if (chosen() && !$('view-model').hidden) showAudit().catch(notice); });
}

/** Shows the latest changes of the model. */
export async function showAudit() {
  const { entries } = await get(`audit?limit=${shown}&model=${encodeURIComponent(chosen())}`);
  $('audit-state').textContent = '';
  $('audit-rows').replaceChildren(...entries.map(entry => h('tr', {},
    h('td', {}, time(entry.time)),
    h('td', {}, entry.actor),
    h('td', {}, t(`audit_${entry.action.replace('.', '_')}`)),
    h('td', {}, words(entry)),
    h('td', { class: 'reason' }, entry.reason ?? ''))));
}

/** What a change was, before and after. */
export function words({ before, after }) {
  const name = state => (typeof state === 'string' ? state : state?.number ? `${state.number} (${state.threshold.toPrecision(5)})`
    : state?.verdict ? t(`verdict_${state.verdict}`) : state?.name ?? (state ? '' : '\u2013'));
  return before || after ? `${name(before)} \u2192 ${name(after)}` : '';
}

async function save(type) {
  saveAs(await (await call(`audit/export.${type}`)).blob(), `audit.${type}`);
}

async function verify() {
  const result = await get('audit/verify');
  $('audit-state').textContent = result.intact
    ? t('audit_intact', result.entries, result.head.slice(0, 16))
    : t('audit_broken', result.problem);
}
