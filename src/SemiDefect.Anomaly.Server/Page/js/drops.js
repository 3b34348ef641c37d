import { h, notice } from './dom.js';
import { t } from './i18n.js';

const areas = [];
const shownNames = 6;
const imageName = /\.(png|jpe?g|jpe|jfif|bmp|webp|tiff?|dcm|dicom)$/i;
const imageTypes = ['image/png', 'image/jpeg', 'image/bmp', 'image/webp', 'image/tiff', 'application/dicom'];
const unreadable = /\.(heic|heif|avif)$/i;

/** Makes an area take dropped files and folders, and two buttons choose them. */
export function acceptFiles(area, files, folder, filesButton, folderButton, take) {
  areas.push({ area, take });
  filesButton.addEventListener('click', () => files.click());
  folderButton.addEventListener('click', () => folder.click());
  for (const input of [files, folder]) {
    input.addEventListener('change', () => {
      take([...input.files].map(file => ({ file, name: file.webkitRelativePath || file.name })));
      input.value = '';
    });
  }
}

/**
 * Takes what is dropped anywhere on the page: the box in sight gets it, or the page says where to drop. A file never
 * opens in place of the page.
 */
export function start() {
  for (const name of ['dragenter', 'dragover']) {
    addEventListener(name, event => {
      event.preventDefault();
      inSight()?.area.classList.add('over');
    });
  }
  addEventListener('dragleave', event => { if (!event.relatedTarget) calm(); });
  addEventListener('drop', event => {
    event.preventDefault();
    calm();
    drop(event.dataTransfer).catch(notice);
  });
}

async function drop(transfer) {
  // Text that is dragged from a page is no file.
  if (!transfer || !(transfer.files.length || [...transfer.types].includes('Files'))) return;
  const target = inSight();
  if (target) target.take(await dropped(transfer));
  else refuse();
}

function refuse() {
  // A dialog lies above the line at the top.
  const dialog = document.querySelector('dialog[open]');
  if (!dialog) {
    notice(t('drop_nowhere'));
    return;
  }
  dialog.querySelector('.drop-refused')?.remove();
  const said = h('p', { class: 'notice drop-refused', role: 'alert' }, t('drop_dialog'));
  dialog.append(said);
  setTimeout(() => said.remove(), 8000);
}

const inSight = () => (document.querySelector('dialog[open]') ? undefined : areas.find(({ area }) => area.checkVisibility()));
const calm = () => areas.forEach(({ area }) => area.classList.remove('over'));

// The entries have to be asked for before the event ends.
function dropped(transfer) {
  const entries = [...transfer.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [...transfer.files].map(file => ({ file, name: file.name }));
  return entries.length ? Promise.all(entries.map(list)).then(lists => lists.flat()) : Promise.resolve(files);
}

/** Images among files, in the order of their names, and the names of the rest. */
export function sortOut(items) {
  const isImage = ({ file, name }) => imageName.test(name) || imageTypes.includes(file.type);
  return {
    images: items.filter(isImage).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    ignored: items.filter(item => !isImage(item)).map(({ name }) => name).sort(),
  };
}

/** A line that says which files were left out, and why; null for none. */
export function leftOut(ignored) {
  if (!ignored.length) return null;
  const names = ignored.slice(0, shownNames).join(', ');
  return h('li', { class: 'left-out' },
    t('left_out', ignored.length, names, ignored.length - shownNames),
    ignored.some(name => unreadable.test(name)) ? ` ${t('left_out_heic')}` : null);
}

async function list(entry) {
  if (entry.isFile) {
    const file = await new Promise((done, fail) => entry.file(done, fail));
    return [{ file, name: entry.fullPath.replace(/^\//, '') }];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return found;
    found.push(...(await Promise.all(some.map(list))).flat());
  }
}
