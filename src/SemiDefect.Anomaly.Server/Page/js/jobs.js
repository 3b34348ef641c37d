import { call, send } from './api.js';
import { $, h, notice, time } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { onNews, refresh } from './live.js';

const store = 'semidefect-dismissed';
const shownFor = 24 * 3600 * 1000;
let jobs = [];

/** What a job does, in words. */
export const stateOf = job => t(job.state === 'running' ? `job_${job.stage ?? 'running'}` : `job_${job.state}`, job.error);

export function start() {
  onNews((_, list) => {
    if (JSON.stringify(list) === JSON.stringify(jobs)) return;
    jobs = list;
    draw();
  });
  onLanguage(draw);
}

// Jobs under way, and the last one of each model if it needs somebody: interrupted or failed, and not dismissed.
function shown() {
  const dismissed = Number(localStorage.getItem(store) ?? 0);
  const seen = new Set();
  return jobs.filter(job => {
    const isLast = !seen.has(job.model);
    seen.add(job.model);
    return !job.ended || (isLast && job.id > dismissed && Date.now() - new Date(job.ended) < shownFor
      && (job.state === 'interrupted' || job.state === 'failed'));
  });
}

function draw() {
  const list = shown();
  $('jobs').hidden = list.length === 0;
  $('jobs').replaceChildren(...list.map(job => h('li', { class: `row job ${job.state}`, 'data-job': job.id },
    h('strong', {}, t(`job_kind_${job.kind}`, job.model)),
    h('span', { class: 'job-state' }, stateOf(job)),
    job.ended ? h('span', { class: 'small' }, time(job.ended)) : bar(job),
    ...(job.ended ? ended(job) : [h('button', { type: 'button', 'data-needs': 'engineer', onclick: () => cancel(job).catch(notice) }, t('stop'))]))));
}

const bar = job => h('progress', { max: Math.max(1, job.total), value: job.total ? job.done : null, 'aria-label': t(`job_kind_${job.kind}`, job.model) });

function ended(job) {
  return [
    job.can_restart ? h('button', { type: 'button', class: 'primary', 'data-needs': 'engineer', onclick: () => restart(job).catch(notice) }, t('job_again')) : h('span', {}, t('job_again_by_hand')),
    h('button', { type: 'button', onclick: () => dismiss(job) }, t('job_dismiss')),
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
