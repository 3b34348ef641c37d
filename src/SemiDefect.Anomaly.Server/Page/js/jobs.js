import { call, send } from './api.js';
import { $, h, notice, time } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { onNews, refresh } from './live.js';

const store = 'semidefect-dismissed';
const shownFor = 24 * 3600 * 1000;
let jobs = [];

// When a step of a job was first seen, and how far it was.
const seen = new Map();
// Fits that ran while this tab was open: their end is said as well.
const ran = new Set();
const doneShownFor = 10 * 60 * 1000;

/** The jobs of the last news, the newest first. */
export const allJobs = () => jobs;

/** About how long the present step of a job still takes, in words; empty while that cannot be told. */
export function remaining(job) {
  const first = seen.get(job.id);
  const spent = first ? Date.now() - first.at : 0;
  if (job.ended || !job.total || !isSameStep(first, job) || spent < 3000 || job.done - first.done < 2) return '';
  return t('job_left', Math.max(1, Math.round(spent * (job.total - job.done) / (job.done - first.done) / 1000)));
}

// A tuning counts anew for each of its rounds.
const isSameStep = (first, job) => first?.stage === job.stage && first.total === job.total && first.done <= job.done;

/** Notes how far a job is, for the estimate of what remains. */
export function follow(job) {
  if (job.ended) seen.delete(job.id);
  else if (!isSameStep(seen.get(job.id), job)) seen.set(job.id, { stage: job.stage, total: job.total, at: Date.now(), done: job.done });
  if (!job.ended && job.kind === 'fit') ran.add(job.id);
}

/** What a job does, in words. */
export const stateOf = job => t(job.state === 'running' ? `job_${job.stage ?? 'running'}` : `job_${job.state}`, job.error);

export function start() {
  onNews((_, list) => {
    list.forEach(follow);
    if (JSON.stringify(list) === JSON.stringify(jobs)) return;
    jobs = list;
    draw();
  });
  onLanguage(draw);
}

// Jobs under way, and the last one of each model if it needs somebody: interrupted or failed, and not dismissed.
function shown() {
  const dismissed = Number(localStorage.getItem(store) ?? 0);
  const models = new Set();
  return jobs.filter(job => {
    const isLast = !models.has(job.model);
    models.add(job.model);
    const since = Date.now() - new Date(job.ended);
    return !job.ended || (isLast && job.id > dismissed && since < shownFor && (job.state === 'interrupted' || job.state === 'failed'))
      || (isLast && job.id > dismissed && since < doneShownFor && job.state === 'done' && ran.has(job.id));
  });
}

function draw() {
  const list = shown();
  $('jobs').hidden = list.length === 0;
  $('jobs').replaceChildren(...list.map(job => h('li', { class: `row job ${job.state}`, 'data-job': job.id },
    h('strong', {}, t(`job_kind_${job.kind}`, job.model)),
    h('span', { class: 'job-state' }, [stateOf(job), remaining(job)].filter(Boolean).join(' ')),
    job.ended ? h('span', { class: 'small' }, time(job.ended)) : bar(job),
    ...(job.ended ? ended(job) : [h('button', { type: 'button', 'data-needs': 'engineer', onclick: () => cancel(job).catch(notice) }, t('stop'))]))));
}

const wanted = model => { $('fit-form').elements.name.value = model; };
const bar = job => h('progress', { max: Math.max(1, job.total), value: job.total ? job.done : null, 'aria-label': t(`job_kind_${job.kind}`, job.model) });

function ended(job) {
  const dismissal = h('button', { type: 'button', onclick: () => dismiss(job) }, t('job_dismiss'));
  if (job.state === 'done') return [h('a', { class: 'button', href: '#fit', onclick: () => wanted(job.model) }, t('job_look')), dismissal];
  return [
    job.can_restart ? h('button', { type: 'button', class: 'primary', 'data-needs': 'engineer', onclick: () => restart(job).catch(notice) }, t('job_again')) : h('span', {}, t('job_again_by_hand')),
    dismissal,
  ];
}

async function cancel(job) {
  await call(`jobs/${job.id}`, { method: 'DELETE' });
  await refresh();
}

async function restart(job) {
  await send('POST', `jobs/${job.id}/restart`);
  await refresh();
}

function dismiss(job) {
  localStorage.setItem(store, Math.max(job.id, Number(localStorage.getItem(store) ?? 0)));
  draw();
}
