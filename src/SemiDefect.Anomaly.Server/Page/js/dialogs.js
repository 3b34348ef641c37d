import { $, h } from './dom.js';
import { t } from './i18n.js';

let open = Promise.resolve();

/**
 * Asks before something goes: a title, what goes (lines), and the words of the button. With reason, the button waits
 * for a reason. Gives { reason } where the user agrees, and null otherwise.
 */
export function ask({ title, lines = [], action, danger = true, reason = false }) {
  // One question at a time.
  open = open.then(() => show({ title, lines, action, danger, reason }));
  return open;
}

function show({ title, lines, action, danger, reason }) {
  return new Promise(done => {
    const dialog = $('ask');
    const text = h('input', { type: 'text', maxlength: 500, id: 'ask-reason', autocomplete: 'off' });
    const yes = h('button', { class: danger ? 'danger' : 'primary', value: 'yes', disabled: reason }, action);
    text.addEventListener('input', () => { yes.disabled = reason && !text.value.trim(); });
    dialog.replaceChildren(h('form', { method: 'dialog' },
      h('h2', { id: 'ask-title' }, title),
      ...lines.map(line => h('p', {}, line)),
      reason ? h('label', { for: 'ask-reason' }, h('span', {}, t('reason_needed')), text) : null,
      h('p', { class: 'row' }, h('button', { value: 'no' }, t('keep')), yes)));
    dialog.returnValue = 'no';
    dialog.addEventListener('close', () => done(dialog.returnValue === 'yes' ? { reason: text.value.trim() } : null), { once: true });
    dialog.showModal();
  });
}

/**
 * Makes a change that the server may refuse because it would lose known defects or because nobody means such a
 * threshold; asks then, and makes it nevertheless. Gives null where the user leaves it.
 */
export async function insist(change) {
  const more = {};
  for (;;) {
    try {
      return await change(more);
    } catch (problem) {
      const kind = problem.kind?.split(':').at(-1);
      if (kind === 'defects-lost' && !more.override) {
        const answer = await ask({ title: t('lost_title'), lines: [problem.message], action: t('override'), reason: true });
        if (!answer) return null;
        Object.assign(more, { override: true, reason: answer.reason });
      } else if (kind === 'threshold-range' && !more.force) {
        const answer = await ask({ title: t('range_title'), lines: [problem.message], action: t('set_threshold') });
        if (!answer) return null;
        more.force = true;
      } else throw problem;
    }
  }
}
