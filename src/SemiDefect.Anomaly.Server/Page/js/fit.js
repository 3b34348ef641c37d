import { call, events, get, send } from './api.js';
import { ask } from './dialogs.js';
import { $, acceptFiles, h, imagesOf, megabytes, notice } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { exists, loadModels, modelPath, onModel, restorable, restore } from './models.js';
import { UploadQueue } from './queue.js';

let state = () => '';
let job;
let counted = 0;
const queue = new UploadQueue('PUT', {
  onDone: () => {},
  onFailed: (item, problem, isFinal) => $('fit-errors').append(h('li', { class: isFinal ? null : 'again' }, `${item.name}: ${problem.message}`)),
  onChange: uploads,
});

const name = () => $('fit-form').elements.name.value.trim();

export function start() {
  acceptFiles($('fit-drop'), $('fit-files'), $('fit-folder'), $('fit-choose'), $('fit-choose-folder'), sendAll);
  $('fit-form').addEventListener('submit', event => event.preventDefault());
  $('fit-form').elements.name.addEventListener('change', () => count().catch(notice));
  $('fit-start').addEventListener('click', () => fit().catch(notice));
  $('fit-clear').addEventListener('click', () => clear().catch(notice));
  $('fit-undo').addEventListener('click', () => restore('training', name()).then(count).catch(notice));
  $('fit-again').addEventListener('click', () => {
    $('fit-errors').querySelectorAll('.again').forEach(line => line.remove());
    queue.again();
  });
  onModel(() => { if (!$('view-fit').hidden) count().catch(notice); });
  $('fit-cancel').addEventListener('click', () => {
    queue.stop();
    if (job) call(`jobs/${job}`, { method: 'DELETE' }).catch(notice);
  });
  onLanguage(() => {
    $('fit-state').textContent = state();
    if (name()) count().catch(notice);
  });
}

export async function show() {
  const preset = $('fit-form').elements.preset;
  if (!preset.options.length) {
    const choices = await get('fit-choices');
    preset.replaceChildren(...choices.presets.map(value => h('option', {}, value)));
  }
  await count();
}

async function count() {
  const number = ++counted;
  const training = name() ? await get(modelPath('/training', name())) : { images: [], bytes: 0 };
  if (number !== counted) return;
  $('fit-count').textContent = name() ? t('fit_count', training.images.length, megabytes(training.bytes)) : '';
  $('fit-start').disabled = training.images.length < 2;
  $('fit-clear').disabled = training.images.length === 0;
  $('fit-exists').textContent = name() && exists(name()) ? t('fit_exists', name()) : '';
  $('fit-undo').hidden = training.images.length > 0 || !restorable().some(one => one.kind === 'training' && one.model === name());
}

function report(done, total, text) {
  state = text;
  $('fit-job').hidden = false;
  $('fit-cancel').hidden = done === total;
  $('fit-bar').max = Math.max(1, total);
  $('fit-bar').value = done;
  $('fit-state').textContent = state();
}

function sendAll(items) {
  const images = imagesOf(items);
  if (!name()) {
    notice(t('fit_need_name'));
    $('fit-form').elements.name.focus();
    return;
  }
  notice(null);
  if (!queue.left) $('fit-errors').querySelectorAll('li:not(.again)').forEach(line => line.remove());
  const model = name();
  queue.add(images.map(image => ({ ...image, path: modelPath(`/training/${encodeURIComponent(fileName(image.name))}`, model) })));
}

function uploads() {
  const { left, done, total, state: sending, failed } = queue;
  $('fit-again').hidden = !failed.length && sending !== 'offline';
  if (left) report(done, total, () => t(sending === 'offline' ? 'progress_offline' : 'fit_uploading', done, total));
  else {
    $('fit-job').hidden = !failed.length;
    if (failed.length) report(1, 1, () => t('progress_failed', failed.length));
    count().catch(notice);
  }
}

// A folder's images keep their folder in their name, so that two of one name stay apart.
const fileName = path => path.normalize('NFC').replace(/[^\p{L}\p{Nd}._-]+/gu, '_').replace(/^[^\p{L}\p{Nd}]+/u, '').slice(-100).replace(/^[^\p{L}\p{Nd}]+/u, '');

async function fit() {
  const { resize, false_alarm_rate: rate, check_rate: check, preset } = $('fit-form').elements;
  const options = { preset: preset.value, false_alarm_rate: Number(rate.value), ...(resize.value ? { resize: Number(resize.value) } : {}), ...(check.value ? { check_rate: Number(check.value) } : {}) };
  const started = await send('POST', modelPath('/fit', name()), options);
  job = started.id;
  notice(null);
  $('fit-start').disabled = true;
  await events(`jobs/${job}/events`, update => {
    const text = update.state === 'running' ? `job_${update.stage ?? 'running'}` : `job_${update.state}`;
    report(update.ended ? 1 : update.done, update.ended ? 1 : update.total, () => [t(text, update.error), ...(update.ended ? update.notices : [])].join(' '));
  });
  job = undefined;
  $('fit-start').disabled = false;
  await loadModels(name());
}

async function clear() {
  const training = await get(modelPath('/training', name()));
  const answer = await ask({ title: t('clear_title'), lines: [t('clear_lines', training.images.length, megabytes(training.bytes), name()), t('undo_day')], action: t('fit_clear') });
  if (!answer) return;
  await call(modelPath('/training', name()), { method: 'DELETE' });
  await count();
}
