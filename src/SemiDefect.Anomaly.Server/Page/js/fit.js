import { call, events, get, send } from './api.js';
import { ask } from './dialogs.js';
import { $, h, megabytes, notice } from './dom.js';
import { acceptFiles, leftOut, sortOut } from './drops.js';
import { onLanguage, t } from './i18n.js';
import { allJobs, follow, remaining, stateOf } from './jobs.js';
import * as evidence from './learn-evidence.js';
import { leaveImages, showImages, start as startImages } from './learn-images.js';
import { onNews } from './live.js';
import { chosen, exists, hasModels, loadModels, modelPath, onModel, restorable, restore } from './models.js';
import { UploadQueue } from './queue.js';

const fewest = 2;
const typing = 400;
let stored = [];
let own;
let counted = 0;
let timer;
let prefilled = '';
let seen = '';
const queue = new UploadQueue('PUT', {
  onDone: () => {},
  onFailed: (item, problem, isFinal) => $('fit-errors').append(h('li', { class: isFinal ? null : 'again' }, `${item.name}: ${problem.message}`)),
  onChange: uploads,
});

const field = () => $('fit-form').elements.name;
const name = () => field().value.trim();

export function start() {
  acceptFiles($('fit-drop'), $('fit-files'), $('fit-folder'), $('fit-choose'), $('fit-choose-folder'), sendAll);
  startImages(count);
  evidence.start();
  $('fit-form').addEventListener('submit', event => event.preventDefault());
  field().addEventListener('change', () => count().catch(notice));
  field().addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => count().catch(notice), typing);
  });
  $('fit-start').addEventListener('click', () => fit().catch(notice));
  $('fit-clear').addEventListener('click', () => clear().catch(notice));
  $('fit-undo').addEventListener('click', () => restore('training', name()).then(count).catch(notice));
  $('send-again').addEventListener('click', () => {
    $('fit-errors').querySelectorAll('.again').forEach(line => line.remove());
    queue.again();
  });
  $('send-stop').addEventListener('click', () => queue.stop());
  $('fit-cancel').addEventListener('click', () => {
    const job = latest();
    if (job) call(`jobs/${job.id}`, { method: 'DELETE' }).catch(notice);
  });
  $('inspect-now').addEventListener('click', () => loadModels(name()).then(() => { location.hash = 'inspect'; }).catch(notice));
  onNews(() => { if (!$('view-fit').hidden) draw(); });
  onModel(() => { if (!$('view-fit').hidden) show().catch(notice); });
  onLanguage(() => {
    uploads();
    draw();
  });
}

export async function show() {
  // Another version may be active now.
  seen = '';

  // The model chosen, until another name is typed.
  if (!name() || name() === prefilled) field().value = prefilled = chosen() || (hasModels() ? '' : t('fit_name_first'));
  const preset = $('fit-form').elements.preset;
  if (!preset.options.length) {
    const choices = await get('fit-choices');
    preset.replaceChildren(...choices.presets.map(value => h('option', {}, value)));
  }
  await count();
}

export const hide = leaveImages;

async function count() {
  const number = ++counted;
  const model = name();
  const training = model ? await get(modelPath('/training', model)) : { files: [], bytes: 0 };
  if (number !== counted) return;
  stored = training.files;
  $('fit-count').textContent = model ? t('fit_count', stored.length, megabytes(training.bytes)) : '';
  if (!$('view-fit').hidden) showImages(model, stored);
  draw();
}

// A job that this tab started is heard of at once, others with the news.
function latest() {
  const known = allJobs().find(job => job.kind === 'fit' && job.model === name());
  return own?.model === name() && !(known?.id > own.id) ? own : known;
}

function draw() {
  const job = latest();
  const isRunning = !!job && !job.ended;
  const isThere = exists(name());
  const enough = stored.length >= fewest;
  $('fit-start').disabled = !enough || isRunning;
  $('fit-clear').disabled = stored.length === 0;
  $('fit-exists').textContent = name() && isThere ? t('fit_exists', name()) : '';
  $('fit-undo').hidden = stored.length > 0 || !restorable().some(one => one.kind === 'training' && one.model === name());
  $('inspect-now').disabled = !isThere;
  $('fit-job').hidden = !job;
  if (job) {
    $('fit-bar').max = Math.max(1, job.ended ? 1 : job.total);
    if (job.ended || job.total) $('fit-bar').value = job.ended ? 1 : job.done;
    else $('fit-bar').removeAttribute('value');
    $('fit-cancel').hidden = !isRunning;
    say($('fit-state'), [stateOf(job), remaining(job)].filter(Boolean).join(' '));
  }
  const notices = job?.notices ?? [];
  if (notices.join('\n') !== $('fit-notices').dataset.shown) {
    $('fit-notices').dataset.shown = notices.join('\n');
    $('fit-notices').replaceChildren(...notices.map(text => h('li', { class: 'warning' }, text)));
  }
  step('good', enough ? 'done' : 'now', enough ? t('step_enough') : t('step_more', fewest));
  step('learn', isRunning ? 'now' : isThere ? 'done' : enough ? 'now' : '', isRunning ? t('step_running') : isThere ? t('step_learned') : '');
  step('see', isThere ? 'done' : '', '');
  step('inspect', isThere && !isRunning ? 'now' : '', '');
  see(job, isThere).catch(notice);
}

function step(id, state, text) {
  const item = $(`step-${id}`);
  item.className = `panel step ${state}`;
  if (state === 'now') item.setAttribute('aria-current', 'step');
  else item.removeAttribute('aria-current');
  say(item.querySelector('.step-state'), text);
}

// A text that is the same is not read out again.
function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// The version that the last fit made, if it is still a candidate; else the active one.
async function see(job, isThere) {
  const wanted = [name(), isThere, job?.state === 'done' ? job.id : ''].join('/');
  if (wanted === seen) return;
  seen = wanted;
  if (!isThere) {
    await evidence.showEvidence('', null);
    return;
  }
  const model = name();
  const { active } = await get(modelPath('/versions', model));
  const candidate = job?.state === 'done' && job.version > (active ?? 0) ? job.version : null;
  if (seen === wanted) await evidence.showEvidence(model, candidate);
}

function sendAll(items) {
  if (!items.length) return;
  const { images, ignored } = sortOut(items);
  if (!name()) {
    notice(t('fit_need_name'));
    field().focus();
    return;
  }
  notice(null);
  if (!queue.left) $('fit-errors').querySelectorAll('li:not(.again)').forEach(line => line.remove());
  const model = name();
  const taken = new Set();
  const named = images.map(image => ({ ...image, stored: free(fileName(image.name), taken) }));
  const replaced = named.filter(image => stored.some(file => file.name === image.stored)).length;
  $('fit-errors').append(...[leftOut(ignored), replaced ? h('li', { class: 'left-out' }, t('fit_replaced', replaced)) : null].filter(Boolean));
  if (named.length) queue.add(named.map(image => ({ ...image, path: modelPath(`/training/${encodeURIComponent(image.stored)}`, model) })));
}

function uploads() {
  const { left, done, total, state, failed } = queue;
  $('send').hidden = !left && !failed.length;
  $('send-bar').value = total ? done / total : 0;
  $('send-again').hidden = !failed.length && state !== 'offline';
  $('send-stop').hidden = !left;
  if (left) $('send-state').textContent = t(state === 'offline' ? 'progress_offline' : 'fit_uploading', done, total);
  else {
    $('send-state').textContent = failed.length ? t('progress_failed', failed.length) : '';
    if (name()) count().catch(notice);
  }
}

// A folder's images keep their folder in their name, so that two of one name stay apart.
const fileName = path => path.normalize('NFC').replace(/[^\p{L}\p{Nd}._-]+/gu, '_').replace(/^[^\p{L}\p{Nd}]+/u, '').slice(-100).replace(/^[^\p{L}\p{Nd}]+/u, '');

// Of one drop, none takes the place of another.
function free(wanted, taken) {
  let file = wanted;
  for (let number = 2; taken.has(file); number++) file = wanted.replace(/(\.[^.]+)$/, `-${number}$1`);
  taken.add(file);
  return file;
}

async function fit() {
  const { resize, false_alarm_rate: rate, check_rate: check, preset, tune } = $('fit-form').elements;
  const options = {
    preset: preset.value, false_alarm_rate: Number(rate.value), tune: tune.value,
    ...(resize.value ? { resize: Number(resize.value) } : {}), ...(check.value ? { check_rate: Number(check.value) } : {}),
  };
  const model = name();
  own = await send('POST', modelPath('/fit', model), options);
  notice(null);
  try {
    await events(`jobs/${own.id}/events`, update => {
      own = update;
      follow(update);
      draw();
    });
  } finally {
    // After a lost connection, the news say how it goes on.
    if (!own.ended) own = undefined;
  }
  if (own?.state === 'done') await loadModels(model);
  if (name() === model) await count();
}

async function clear() {
  const training = await get(modelPath('/training', name()));
  const answer = await ask({ title: t('clear_title'), lines: [t('clear_lines', training.images.length, megabytes(training.bytes), name()), t('undo_day')], action: t('fit_clear') });
  if (!answer) return;
  await call(modelPath('/training', name()), { method: 'DELETE' });
  await count();
}
