import { upload } from './api.js';

const atOnce = 4;
const pauses = [1, 2, 4, 8];

/**
 * Uploads of this tab. Drops queue behind each other; each item keeps the address and the idempotency key that it got
 * when it was dropped, also when it is sent again after an outage. Leaving the page asks while something waits.
 */
export class UploadQueue {
  constructor(method, { onDone, onFailed, onChange, onBegin = () => {}, onEnd = () => {} }) {
    Object.assign(this, { method, onDone, onFailed, onChange, onBegin, onEnd });
    this.waiting = [];
    this.failed = [];
    this.running = 0;
    Object.assign(this, { total: 0, done: 0, state: 'sending', stopper: new AbortController() });
    addEventListener('beforeunload', event => { if (this.left || this.failed.length) event.preventDefault(); });
  }

  /** Items that are not sent yet. */
  get left() {
    return this.waiting.length + this.running;
  }

  /** Adds files: { file, name, path }. */
  add(items) {
    // What failed before stays, and can still be sent again.
    if (!this.left) Object.assign(this, { total: this.failed.length, done: this.failed.length, state: 'sending' });
    this.total += items.length;
    this.waiting.push(...items.map(item => ({ ...item, key: newKey() })));
    this.start();
  }

  /** Sends what failed again, and does not wait any longer where the server was gone. */
  again() {
    const items = this.failed.splice(0);
    this.done -= items.length;
    this.waiting.push(...items);
    this.wake?.();
    this.start();
  }

  /** Stops; what was not sent counts as failed, and can be sent again. */
  stop() {
    this.stopper.abort();
    this.done += this.waiting.length;
    this.failed.push(...this.waiting.splice(0));
    this.wake?.();
    this.onChange();
  }

  start() {
    if (this.stopper.signal.aborted) this.stopper = new AbortController();
    while (this.running < Math.min(atOnce, this.left)) {
      this.running++;
      this.work().finally(() => this.onChange());
    }
    this.onChange();
  }

  async work() {
    try {
      for (let item; (item = this.waiting.shift());) {
        this.onBegin(item);
        await this.send(item, this.stopper.signal).finally(() => this.onEnd(item));
      }
    } finally {
      this.running--;
    }
  }

  async send(item, signal) {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await upload(this.method, item.path, item.file, { signal, key: item.key, onBusy: () => this.say('busy') });
        this.done++;
        this.say('sending');
        this.onDone(item, answer);
        return;
      } catch (problem) {
        if (problem.name !== 'AbortError' && isOutage(problem) && !signal.aborted && await isReadable(item.file)) {
          this.say('offline');
          await this.pause(pauses[Math.min(attempt, pauses.length - 1)]);
          if (!signal.aborted) continue;
        }
        this.done++;
        const isFinal = refusals.includes(problem.status);
        if (!isFinal) this.failed.push(item);
        if (problem.name !== 'AbortError') this.onFailed(item, problem, isFinal);
        this.onChange();
        return;
      }
    }
  }

  say(state) {
    this.state = state;
    this.onChange();
  }

  pause(seconds) {
    return new Promise(done => {
      const before = this.wake;
      const timer = setTimeout(done, 1000 * seconds);
      this.wake = () => {
        before?.();
        clearTimeout(timer);
        done();
      };
    });
  }
}

// What is no image, or too large, is refused again.
const refusals = [413, 415, 422];

const isOutage = problem => problem.status === 0 || problem.status === 502 || problem.status === 503 || problem.status === 504
  || (problem.status === 409 && problem.kind.endsWith('under-way') && problem.retryAfter === 1);

// A file that was changed or removed fails like a lost connection.
async function isReadable(file) {
  try {
    await file.slice(0, 1).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

// randomUUID needs https or localhost; a line's network often has neither.
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');
