import { call, get } from './api.js';
import { words } from './audit.js';
import { table } from './charts.js';
import { $, h, number, saveAs, signed, time } from './dom.js';
import { language, t } from './i18n.js';
import { modelPath } from './models.js';

const mostParts = 60;
const mostEntries = 200;

// The colors of the page on paper.
const style = `:root { --ink: #16202c; --soft: #51606f; --line: #c9d2dc; --accent: #0b5cad; --bad: #b3202a; --check: #7a4a00; --good: #17663a; --ground: #fff; }
body { font: 11pt/1.4 system-ui, sans-serif; color: var(--ink); max-width: 60rem; margin: 1rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .4rem; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } th, td { text-align: left; padding: .2rem .5rem; border-bottom: 1px solid var(--line); } tr, figure { break-inside: avoid; }
.parts { display: grid; grid-template-columns: repeat(4, 1fr); gap: .6rem; } figure { margin: 0; border: 1px solid var(--line); padding: .4rem; } figure img { width: 100%; aspect-ratio: 4 / 3; object-fit: contain; background: #20262e; } figcaption { font-size: .8rem; overflow-wrap: anywhere; }
.bad { color: var(--bad); font-weight: 600; }`;

/** Saves what the process view shows as one file that needs nothing else and prints. */
export async function saveReport(name, stats, parts, total, station) {
  const [{ versions }, audit, chain, caller, charts] = await Promise.all([
    get(modelPath('/versions', name)), get(`audit?limit=${mostEntries}&model=${encodeURIComponent(name)}`), get('audit/verify'), get('caller'),
    fetch('css/process.css').then(response => response.text()),
  ]);
  const active = versions.find(version => version.state === 'active');
  const entries = audit.entries.filter(entry => entry.time >= stats.from && entry.time <= stats.to);
  const shown = parts.slice(0, mostParts);
  const pictures = await Promise.all(shown.map(picture));
  const all = stats.buckets.reduce((sum, one) => sum + one.total, 0);
  const facts = [
    ['time', `${time(stats.from)} \u2013 ${time(stats.to)}`], ['filter_station', station || t('line_all')], ['report_made', `${time(new Date())}, ${caller.name}`],
    ['model', `${name}, ${t('version').toLowerCase()} ${active?.number ?? '\u2013'}`], ['report_fingerprint', active?.sha256 ?? '\u2013'],
    ['threshold', `${number(stats.threshold, 4)}${stats.check_threshold == null ? '' : `; ${t('check_threshold')} ${number(stats.check_threshold, 4)}`}`],
    ['process_parts', number(all, 0)], ['ng', `${number(total, 0)} (${number(100 * (stats.abnormal ?? 0), 2)} %)`],
    ['check', number(stats.buckets.reduce((sum, one) => sum + one.check, 0), 0)], ['drift', $('drift-text').textContent],
  ];
  const body = h('body', {},
    h('h1', {}, t('report_title', name)),
    h('dl', {}, ...facts.flatMap(([label, value]) => [h('dt', {}, t(label)), h('dd', {}, value)])),
    ...['trend', 'shares'].flatMap(chart => [h('h2', {}, t(chart === 'trend' ? 'process_trend' : 'process_ng')), drawing(chart)]),
    h('h2', {}, t('process_numbers')), table(stats),
    h('h2', {}, t('report_parts', shown.length, total)),
    h('div', { class: 'parts' }, ...shown.map((part, i) => h('figure', {},
      pictures[i] ? h('img', { src: pictures[i], alt: '' }) : h('p', {}, t('no_picture')),
      h('figcaption', {}, `${part.part ?? part.name}${part.lot ? ` \u00b7 ${part.lot}` : ''}${part.station ? ` \u00b7 ${part.station}` : ''} \u00b7 ${time(part.time)} \u00b7 ${number(part.score)} (${signed(part.margin)})${part.verdict ? ` \u00b7 ${t(`verdict_${part.verdict.value}`)}` : ''}`)))),
    h('h2', {}, t('audit')),
    h('table', {}, h('thead', {}, h('tr', {}, ...['col_time', 'col_actor', 'col_action', 'col_change', 'col_reason'].map(label => h('th', { scope: 'col' }, t(label))))),
      h('tbody', {}, ...entries.map(entry => h('tr', {}, ...[time(entry.time), entry.actor, t(`audit_${entry.action.replace('.', '_')}`), words(entry), entry.reason ?? ''].map(cell => h('td', {}, cell)))))),
    h('p', { class: chain.intact ? null : 'bad' }, chain.intact ? t('audit_intact', chain.entries, chain.head) : t('audit_broken', chain.problem)));
  const page = h('html', { lang: language() }, h('head', {}, h('meta', { charset: 'utf-8' }), h('title', {}, t('report_title', name)), h('style', {}, `${style}\n${charts}`)), body);
  const day = new Date(stats.to).toISOString().slice(0, 16).replace(/[T:]/g, '-');
  saveAs(new Blob([`<!doctype html>\n${page.outerHTML}`], { type: 'text/html' }), `${name}-${day}.html`);
}

// A chart has no size of its own outside the page.
function drawing(id) {
  const copy = $(id).cloneNode(true);
  copy.removeAttribute('id');
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return copy;
}

async function picture(part) {
  if (!part.links.image) return null;
  const blob = await (await call(`inspections/${part.id}/thumbnail.webp`)).blob();
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(blob);
  });
}
