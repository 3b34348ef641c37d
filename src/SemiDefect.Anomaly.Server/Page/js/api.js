import { language, t } from './i18n.js';
import { $ } from './dom.js';

const store = 'semidefect-key';
const base = 'api/v1/';
const keyListeners = [];
let asking;

/** Called whenever another key is used. */
export const onKey = listener => keyListeners.push(listener);

/** What the server said was wrong. */
export class Problem extends Error {
  constructor(status, kind, detail, retryAfter) {
    super(detail);
    this.status = status;
    this.kind = kind;
    this.retryAfter = retryAfter;
  }
}

/** Calls the API; asks for the key when the server does. Gives the response. */
export async function call(path, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(store);
    const headers = { 'Accept-Language': language(), ...options.headers, ...(key ? { 'X-Api-Key': key } : {}) };
    let response;
    try {
      response = await fetch(path.startsWith('/api/v1/') ? base + path.slice(8) : base + path, { ...options, headers });
    } catch (error) {
      throw error.name === 'AbortError' ? error : new Problem(0, 'offline', t('offline'));
    }
    if (response.ok) return response;
    if (response.status === 401) {
      await askForKey(key ? t('key_wrong') : '');
      continue;
    }
    const problem = await response.json().catch(() => ({}));
    throw new Problem(response.status, problem.type ?? '', problem.detail ?? `${response.status}`, Number(response.headers.get('Retry-After')) || 0);
  }
}

export const get = async (path, options) => (await call(path, options)).json();

export async function send(method, path, body) {
  const response = await call(path, { method, headers: { 'Content-Type': 'application/json' }, body: body === undefined ? undefined : JSON.stringify(body) });
  return response.status === 204 ? null : response.json();
}

/** Sends a file, and waits as long as the server is busy. */
export async function upload(method, path, file, { signal, onBusy, key } = {}) {
  for (;;) {
    try {
      const headers = { 'Content-Type': 'application/octet-stream', ...(key ? { 'Idempotency-Key': key } : {}) };
      const response = await call(path, { method, body: file, signal, headers });
      return response.status === 204 ? null : await response.json();
    } catch (problem) {
      if (problem.status !== 429) throw problem;
      onBusy?.();
      await new Promise(done => setTimeout(done, 1000 * Math.max(1, problem.retryAfter)));
      signal?.throwIfAborted();
    }
  }
}

/** A picture as an address for an img element; the caller revokes it. */
export async function picture(path, signal) {
  const response = await call(path, { signal, cache: 'default' });
  return URL.createObjectURL(await response.blob());
}

/** Calls back for every server-sent event, with its data and name, until the stream ends. */
export async function events(path, onEvent, options) {
  const response = await call(path, options);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
      const lines = text.slice(0, end).split('\n');
      const field = name => lines.filter(line => line.startsWith(`${name}:`)).map(line => line.slice(name.length + 1).trim()).join('\n');
      if (field('data')) onEvent(JSON.parse(field('data')), field('event'));
    }
  }
}

function askForKey(problem) {
  asking ??= new Promise(done => {
    const dialog = $('key-dialog');
    $('key-wrong').textContent = problem;
    dialog.addEventListener('cancel', event => event.preventDefault());
    dialog.addEventListener('close', () => {
      sessionStorage.setItem(store, $('key-input').value.trim());
      $('key-input').value = '';
      asking = undefined;
      done();
      keyListeners.forEach(listener => listener());
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}
