import { get, upload } from './api.js';
import { $, acceptFiles, badge, clock, h, imagesOf, notice, number, signed } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { chosen, modelPath, onModel } from './models.js';
import { thumbnail } from './thumbnails.js';
import { openViewer } from './viewer.js';

const atOnce = 4;
const shown = 60;
const interval = 2000;
let inspections = [];
let timer;
let stop;

export function start() {
  acceptFiles($('drop'), $('files'), $('folder'), $('choose-files'), $('choose-folder'), send);
  addEventListener('paste', event => {
    if (!$('view-inspect').hidden) send([...event.clipboardData.files].map(file => ({ file, name: file.name })));
  });
  $('progress-stop').addEventListener('click', () => stop?.abort());
  onModel(() => {
    inspections = [];
    if (!$('view-inspect').hidden) refresh();
  });
  onLanguage(draw);
}

export async function show() {
  hide();
  timer = setInterval(() => { if (!document.hidden) refresh().catch(notice); }, interval);
  await refresh();
}

export function hide() {
  clearInterval(timer);
}

async function refresh() {
  const name = chosen();
  if (name) {
    const page = await get(`inspections?limit=${shown}&model=${encodeURIComponent(name)}`);
    if (name === chosen() && changed(page.inspections)) {
      inspections = page.inspections;
      draw();
    }
  } else {
    draw();
  }
}

const changed = latest => JSON.stringify(latest) !== JSON.stringify(inspections);

async function send(items) {
  const images = imagesOf(items);
  if (!images.length || !chosen()) {
    if (!chosen()) notice(t('no_model'));
    return;
  }
  notice(null);
  stop?.abort();
  stop = new AbortController();
  const { signal } = stop;
  const path = name => modelPath(`/inspect?name=${encodeURIComponent(name)}`);
  let next = 0;
  let done = 0;
  $('unreadable').replaceChildren();
  $('progress').hidden = false;
  const report = text => {
    $('progress-bar').value = done / images.length;
    $('progress-text').textContent = t(text, done, images.length);
  };
  report('progress');
  const work = async () => {
    while (next < images.length && !signal.aborted) {
      const { file, name } = images[next++];
      try {
        add(await upload('POST', path(name), file, { signal, onBusy: () => report('progress_waiting'), key: crypto.randomUUID?.() }));
      } catch (error) {
        if (error.name === 'AbortError') return;
        $('unreadable').append(h('li', {}, `${name}: ${error.message}`));
      }
      done++;
      report('progress');
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, images.length) }, work));
  if (stop.signal === signal) $('progress').hidden = true;
}

function add(inspection) {
  inspections = [inspection, ...inspections.filter(other => other.id !== inspection.id)].sort((a, b) => b.id - a.id).slice(0, shown);
  draw();
}

function draw() {
  const focused = document.activeElement?.closest?.('#live button')?.dataset.id;
  $('live').replaceChildren(...inspections.map((inspection, index) => h('li', {}, card(inspection, index))));
  if (focused) $('live').querySelector(`[data-id="${focused}"]`)?.focus();
  $('live-empty').hidden = inspections.length > 0;
  $('tally').textContent = inspections.length ? t('tally', inspections.filter(item => item.decision === 'abnormal').length, inspections.length) : '';
}

function card(inspection, index) {
  return h('button', { type: 'button', class: `card ${inspection.decision}`, 'data-id': inspection.id, onclick: () => openViewer(inspections, index, replace) },
    thumbnail(inspection),
    h('span', { class: 'name' }, inspection.name),
    h('span', { class: 'row' }, badge(inspection.decision), h('span', { class: 'small' }, t('margin', signed(inspection.margin)))),
    h('span', { class: 'small' }, `${clock(inspection.time)} \u00b7 ${number(inspection.score)}${inspection.verdict ? ` \u00b7 ${t(`verdict_${inspection.verdict.value}`)}` : ''}`));
}

function replace(inspection) {
  inspections = inspections.map(other => (other.id === inspection.id ? inspection : other));
  draw();
}
