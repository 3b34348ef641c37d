import { $, notice } from './dom.js';
import { onLanguage, switchLanguage, t, translate } from './i18n.js';
import { hasModels, loadModels } from './models.js';
import * as inspect from './inspect.js';
import * as history from './history.js';
import * as model from './model.js';
import * as fit from './fit.js';
import * as audit from './audit.js';
import * as caller from './caller.js';
import * as drops from './drops.js';
import * as jobs from './jobs.js';
import * as line from './line.js';
import * as live from './live.js';
import * as process from './process.js';

const views = { inspect, line, history, process, model, fit };

function show() {
  const wanted = location.hash.slice(1).split('?')[0];
  const name = views[wanted] ? wanted : 'inspect';
  for (const other of Object.keys(views)) {
    $(`view-${other}`).hidden = other !== name;
    const link = document.querySelector(`nav a[href="#${other}"]`);
    if (other === name) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
    if (other !== name) views[other].hide?.();
  }
  document.title = `${t(`tab_${name}`)} - SemiDefect`;
  run(views[name].show);
}

async function run(work) {
  try {
    notice(null);
    await work();
  } catch (error) {
    notice(error);
  }
}

translate();
onLanguage(() => { $('language').textContent = t('language'); });
$('language').addEventListener('click', () => {
  switchLanguage();
  show();
});
addEventListener('hashchange', show);
addEventListener('unhandledrejection', event => notice(event.reason));

// Before the first answer of the server, or a drop in between would go unheard.
for (const part of [caller, drops, jobs, audit, ...Object.values(views)]) part.start();
await run(async () => {
  await caller.loadCaller();
  await loadModels();

  // Without a model, there is one thing to do.
  if (!location.hash && !hasModels() && document.body.dataset.role === 'engineer') window.history.replaceState(null, '', '#fit');
});
show();
live.start();
