import { $ } from './dom.js';
import { t } from './i18n.js';
import { fillFilter } from './models.js';

const store = 'semidefect-line';
const first = { station: '', model: '', shifts: '06:00, 14:00, 22:00', silence: 60, hold: true, sound: true };

/** What this screen shows. An address like #line?station=S1 chooses a station for itself. */
export function settings() {
  const address = new URLSearchParams(location.hash.split('?')[1] ?? '');
  return { ...first, ...JSON.parse(localStorage.getItem(store) ?? '{}'), ...Object.fromEntries([...address].filter(([name]) => name === 'station' || name === 'model')) };
}

export const keep = changes => localStorage.setItem(store, JSON.stringify({ ...settings(), ...changes }));

/** The beginnings of the shifts in minutes of the day, ascending; null where a text is none. */
export function minutesOf(text) {
  const times = text.split(/[,;]\s*|\s+/).filter(Boolean).map(one => /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(one));
  return times.length && times.every(Boolean) ? times.map(([, hours, minutes]) => 60 * hours + Number(minutes)).sort((a, b) => a - b) : null;
}

/** When the shift of a moment began, by the clock of this machine. */
export function shiftStart(now, text) {
  const minutes = minutesOf(text) ?? [0];
  const begins = [-1, 0].flatMap(day => minutes.map(minute => new Date(now.getFullYear(), now.getMonth(), now.getDate() + day, 0, minute)));
  return begins.filter(begin => begin <= now).at(-1);
}

/** Asks for the settings; calls back when they have changed. */
export function askSettings(onChange) {
  const form = $('line-form');
  const fields = form.elements;
  const now = settings();
  fillFilter(fields.model);
  for (const name of ['station', 'model', 'shifts', 'silence']) fields[name].value = now[name];
  for (const name of ['hold', 'sound']) fields[name].checked = now[name];
  $('line-form-wrong').textContent = '';
  $('line-form-close').onclick = () => $('line-dialog').close();
  form.onsubmit = event => {
    if (!minutesOf(fields.shifts.value)) {
      event.preventDefault();
      $('line-form-wrong').textContent = t('line_wrong_shifts');
      fields.shifts.focus();
      return;
    }
    keep({ station: fields.station.value.trim(), model: fields.model.value, shifts: fields.shifts.value, silence: Number(fields.silence.value), hold: fields.hold.checked, sound: fields.sound.checked });
    if (location.hash.includes('?')) history.replaceState(null, '', '#line');
    onChange();
  };
  $('line-dialog').showModal();
}
