import { call, events, get, send, upload } from './api.js';
import { $, acceptFiles, h, imagesOf, megabytes, notice } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { loadModels, modelPath } from './models.js';

const atOnce = 4;
let state = () => '';
let job;
let stop;

const name = () => $('fit-form').elements.name.value.trim();

export function start() {
  acceptFiles($('fit-drop'), $('fit-files'), $('fit-folder'), $('fit-choose'), $('fit-choose-folder'), items => sendAll(items).catch(notice));
  $('fit-form').addEventListener('submit', event => event.preventDefault());
  $('fit-form').elements.name.addEventListener('change', () => count().catch(notice));
  $('fit-start').addEventListener('click', () => fit().catch(notice));
  $('fit-clear').addEventListener('click', () => clear().catch(notice));
  $('fit-cancel').addEventListener('click', () => {
    stop?.abort();
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
  const training = name() ? await get(modelPath('/training', name())) : { images: [], bytes: 0 };
  $('fit-count').textContent = name() ? t('fit_count', training.images.length, megabytes(training.bytes)) : '';
  $('fit-start').disabled = training.images.length < 2;
  $('fit-clear').disabled = training.images.length === 0;
}

function report(done, total, text) {
  state = text;
  $('fit-job').hidden = false;
  $('fit-cancel').hidden = done === total;
  $('fit-bar').max = Math.max(1, total);
  $('fit-bar').value = done;
  $('fit-state').textContent = state();
}

async function sendAll(items) {
  const images = imagesOf(items);
  if (!name()) {
    notice(t('fit_need_name'));
    $('fit-form').elements.name.focus();
    return;
  }
  notice(null);
  $('fit-errors').replaceChildren();
  stop = new AbortController();
  const { signal } = stop;
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < images.length && !signal.aborted) {
      const { file, name: path } = images[next++];
      report(done, images.length, () => t('fit_uploading', done, images.length));
      try {
        await upload('PUT', modelPath(`/training/${encodeURIComponent(fileName(path))}`, name()), file, { signal });
      } catch (error) {
        if (error.name === 'AbortError') return;
        $('fit-errors').append(h('li', {}, `${path}: ${error.message}`));
      }
      done++;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  $('fit-job').hidden = true;
  await count();
}

// A folder's images keep their folder in their name, so that two of one name stay apart.
const fileName = path => path.normalize('NFC').replace(/[^\p{L}\p{Nd}._-]+/gu, '_').replace(/^[^\p{L}\p{Nd}]+/u, '').slice(-100).replace(/^[^\p{L}\p{Nd}]+/u, '');

async function fit() {
  const { resize, false_alarm_rate: rate, preset } = $('fit-form').elements;
  const options = { preset: preset.value, false_alarm_rate: Number(rate.value), ...(resize.value ? { resize: Number(resize.value) } : {}) };
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
  await call(modelPath('/training', name()), { method: 'DELETE' });
  await count();
}
