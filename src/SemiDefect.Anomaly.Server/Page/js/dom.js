import { language, t } from './i18n.js';

export const $ = id => document.getElementById(id);

/** An element; attributes that begin with 'on' are listeners, text and elements are children. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.filter(child => child != null));
  return element;
}

export function svg(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

export const number = (value, digits = 2) => value.toLocaleString(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
export const signed = value => (value > 0 ? '+' : value < 0 ? '\u2212' : '') + number(Math.abs(value));
export const time = value => new Date(value).toLocaleString(language(), { dateStyle: 'short', timeStyle: 'medium' });
export const clock = value => new Date(value).toLocaleTimeString(language());
export const badge = decision => h('span', { class: `badge ${decision}` }, t(decision));

export function megabytes(bytes) {
  return `${(bytes / 1e6).toLocaleString(language(), { maximumFractionDigits: 1 })} MB`;
}

/** Saves a file on the user's machine. */
export function saveAs(blob, name) {
  const link = h('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** Shows an error at the top until it is shown another, or null. */
export function notice(error) {
  const box = $('notice');
  box.hidden = !error;
  box.textContent = error ? (error.message ?? error) : '';
}
