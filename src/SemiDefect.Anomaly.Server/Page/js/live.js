import { get } from './api.js';

const interval = 2000;
const listeners = [];

/** Called with the lists of models and jobs, every two seconds while the tab is in sight. */
export const onNews = listener => listeners.push(listener);

/** Asks now. */
export async function refresh() {
  const [models, jobs] = await Promise.all([get('models'), get('jobs')]);
  for (const listener of listeners) listener(models, jobs.jobs);
}

export function start() {
  const ask = async () => {
    if (!document.hidden) {
      try {
        await refresh();
      } catch {
        // The views say when the server does not answer.
      }
    }
    setTimeout(ask, interval);
  };
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh().catch(() => {}); });
  ask();
}
