import { get, onKey } from './api.js';
import { $ } from './dom.js';
import { onLanguage, t } from './i18n.js';

let caller;

/** Asks who the server takes this tab for; what the role does not allow is not shown. */
export async function loadCaller() {
  caller = await get('caller');
  draw();
}

function draw() {
  document.body.dataset.role = caller?.role ?? '';
  $('caller').textContent = caller?.key_required ? t('caller', caller.name, t(`role_${caller.role}`)) : '';
}

export function start() {
  onLanguage(draw);
  onKey(() => loadCaller().catch(() => {}));
}
