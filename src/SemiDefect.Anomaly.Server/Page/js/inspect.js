import { get } from './api.js';
import { $, badge, clock, h, notice, number, signed } from './dom.js';
import { acceptFiles, leftOut, sortOut } from './drops.js';
import { onLanguage, t } from './i18n.js';
import { chosen, modelPath, onModel } from './models.js';
import { thumbnail } from './thumbnails.js';
import { UploadQueue } from './queue.js';
import { Sending } from './sending.js';
import { openViewer } from './viewer.js';

const shown = 60;
const interval = 2000;
let inspections = [];
let timer;
const sending = new Sending($('sending'));
const queue = new UploadQueue('POST', {
  onDone: (item, inspection) => { if (item.model === chosen()) add(inspection); },
  onFailed: (item, problem, isFinal) => $('unreadable').append(h('li', { class: isFinal ? null : 'again' }, `${item.name}: ${problem.message}`)),
  onChange: report,
  onBegin: item => sending.begin(item),
  onEnd: item => sending.end(item),
});

export function start() {
  acceptFiles($('drop'), $('files'), $('folder'), $('choose-files'), $('choose-folder'), send);
  addEventListener('paste', event => {
    if (!$('view-inspect').hidden) send([...event.clipboardData.files].map(file => ({ file, name: file.name })));
  });
  $('progress-stop').addEventListener('click', () => queue.stop());
  $('progress-again').addEventListener('click', () => {
    $('unreadable').querySelectorAll('.again').forEach(line => line.remove());
    queue.again();
  });
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

function send(items) {
  if (!items.length) return;
  const { images, ignored } = sortOut(items);
  if (!queue.left) $('unreadable').querySelectorAll('li:not(.again)').forEach(line => line.remove());
  $('unreadable').append(...[leftOut(ignored)].filter(Boolean));
  if (!images.length) return;
  if (!chosen()) {
    notice(t('no_model'));
    return;
  }
  notice(null);

  // The model is the one of this moment: another choice holds for the next drop.
  const name = chosen();
  queue.add(images.map(image => ({ ...image, model: name, path: modelPath(`/inspect?name=${encodeURIComponent(image.name)}`, name) })));
}

function report() {
  const { left, done, total, state, failed } = queue;
  $('progress').hidden = !left && !failed.length;
  $('progress-bar').value = total ? done / total : 0;
  $('progress-text').textContent = left
    ? t({ sending: 'progress', busy: 'progress_waiting', offline: 'progress_offline' }[state], done, total)
    : t('progress_failed', failed.length);
  $('progress-stop').hidden = !left;
  $('progress-again').hidden = !failed.length && state !== 'offline';
}

function add(inspection) {
  inspections = [inspection, ...inspections.filter(other => other.id !== inspection.id)].sort((a, b) => b.id - a.id).slice(0, shown);
  draw();
}

function draw() {
  const focused = document.activeElement?.closest?.('#live button')?.dataset.id;
  $('live').replaceChildren(...inspections.map((inspection, index) => h('li', {}, card(inspection, index))));
  if (focused) $('live').querySelector(`[data-id="${focused}"]`)?.focus({ preventScroll: true });
  $('live-empty').hidden = inspections.length > 0;
  $('tally').textContent = inspections.length ? t('tally', tell('abnormal'), inspections.length, tell('check')) : '';
}

const tell = decision => inspections.filter(item => item.decision === decision).length;

function card(inspection, index) {
  return h('button', { type: 'button', class: `card ${inspection.decision}`, 'data-id': inspection.id, onclick: () => openViewer(inspections, index, replace) },
    thumbnail(inspection),
    h('span', { class: 'name' }, inspection.name),
    h('span', { class: 'row' }, badge(inspection.decision), h('span', { class: 'small' }, t('margin', signed(inspection.margin)))),
    ...inspection.notes.map(note => h('span', { class: 'finding warning' }, t(`note_${note.code}_short`))),
    h('span', { class: 'small' }, `${clock(inspection.time)} \u00b7 ${number(inspection.score)}${inspection.verdict ? ` \u00b7 ${t(`verdict_${inspection.verdict.value}`)}` : ''}`));
}

function replace(inspection) {
  inspections = inspections.map(other => (other.id === inspection.id ? inspection : other));
  draw();
}
