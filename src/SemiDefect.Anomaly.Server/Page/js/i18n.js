import en from './text-en.js';
import ko from './text-ko.js';

const texts = { en, ko };
const store = 'semidefect-language';
const listeners = [];
let current = localStorage.getItem(store) ?? (navigator.language.startsWith('ko') ? 'ko' : 'en');

/** A text in the language chosen. */
export function t(name, ...values) {
  const text = texts[current][name] ?? name;
  return typeof text === 'function' ? text(...values) : text;
}

export const language = () => current;

/** Called at once, and whenever the language changes. */
export function onLanguage(listener) {
  listeners.push(listener);
  listener();
}

export function switchLanguage() {
  current = current === 'en' ? 'ko' : 'en';
  localStorage.setItem(store, current);
  translate();
  listeners.forEach(listener => listener());
}

/** Fills every element that names its text. */
export function translate(root = document) {
  document.documentElement.lang = current;
  for (const element of root.querySelectorAll('[data-text]')) element.textContent = t(element.dataset.text);
  for (const element of root.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t(element.dataset.label));
}
