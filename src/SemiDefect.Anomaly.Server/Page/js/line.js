import { call, events, get, send } from './api.js';
import { $, h, notice, number } from './dom.js';
import { onLanguage, t } from './i18n.js';
import { showPart } from './line-picture.js';
import { askSettings, keep, settings, shiftStart } from './line-settings.js';
import * as sound from './line-sound.js';

const squares = 20;
const pageSize = 200;

// More than a shift has: a bound on the memory of the page.
const mostHeld = 10000;
const undoSeconds = 10;
const lostAfter = 6000;
const hour = 3600000;
const heldStore = 'semidefect-line-held';
const words = { normal: 'ok', check: 'check', abnormal: 'ng', none: 'no_signal' };

let options = settings();
let stop;
let timer;
let latest;
let latestAt;
let held = [];
let last = [];
let counts;
let inHour;
let shift;
let clockOffset = 0;
let heardAt = 0;
let undo;

export function start() {
  $('line-acknowledge').addEventListener('click', acknowledge);
  $('line-confirm').addEventListener('click', () => say('confirmed'));
  $('line-refute').addEventListener('click', () => say('false_alarm'));
  $('line-undo').addEventListener('click', takeBack);
  $('line-mute').addEventListener('click', mute);
  $('line-settings').addEventListener('click', () => askSettings(() => show().catch(notice)));
  $('line-full').addEventListener('click', () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
  addEventListener('keydown', key);
  onLanguage(() => { if (isOpen()) draw(); });
}

export async function show() {
  hide();
  document.body.classList.add('on-line');
  options = settings();
  stop = new AbortController();
  [latest, latestAt, held, last, counts] = [undefined, undefined, [], [], undefined];
  heardAt = Date.now();
  timer = setInterval(tick, 1000);
  follow(stop.signal);
  draw();
}

export function hide() {
  document.body.classList.remove('on-line');
  stop?.abort();
  clearInterval(timer);
  sound.ring(false);
  showPart(undefined);
}

const isOpen = () => !$('view-line').hidden;
const serverTime = () => Date.now() + clockOffset;
const query = more => new URLSearchParams(Object.entries({ station: options.station, model: options.model, ...more }).filter(([, value]) => value !== ''));

// Totals first, then every inspection after them. After an outage, the stream goes on where it ended.
async function follow(signal) {
  let after;
  while (!signal.aborted) {
    try {
      after ??= await begin(signal);
      await events(`inspections/events?${query({ after })}`, (data, name) => {
        heardAt = Date.now();
        if (name === 'inspection') {
          after = data.id;
          take(data);
        }
      }, { signal });
    } catch (error) {
      if (signal.aborted) return;
      if (error.status >= 400 && error.status < 500 && error.status !== 429) notice(error);
    }
    draw();
    await new Promise(done => setTimeout(done, 1000));
  }
}

async function begin(signal) {
  shift = shiftStart(new Date(), options.shifts);
  const summary = await get(`inspections/summary?${query({ from: shift.toISOString() })}`, { signal });
  clockOffset = Date.parse(summary.time) - Date.now();
  const page = await get(`inspections?${query({ limit: squares })}`, { signal });
  await countHour(signal);
  last = page.inspections.filter(one => one.id <= summary.last_id).reverse();
  latest = last.at(-1);
  latestAt = latest && Date.parse(latest.time) - clockOffset;
  held = await recall(summary.last_id, signal);
  heardAt = Date.now();
  counts = summary;
  draw();
  return counts.last_id;
}

// NG parts that wait outlive a reload, and those that came in between wait as well.
async function recall(newest, signal) {
  const kept = JSON.parse(localStorage.getItem(heldKey()) ?? 'null');
  if (!options.hold || !kept) return [];
  const oldest = Math.min(kept.last + 1, ...kept.held);
  const found = [];
  for (let cursor = ''; cursor !== null;) {
    const page = await get(`inspections?${query({ decision: 'abnormal', limit: pageSize, cursor })}`, { signal });
    found.push(...page.inspections.filter(one => one.id <= newest && (one.id > kept.last || kept.held.includes(one.id))));
    cursor = page.inspections.at(-1)?.id > oldest && found.length < mostHeld ? page.next_cursor : null;
  }
  return found.reverse();
}

const remember = () => localStorage.setItem(heldKey(), JSON.stringify({ last: last.at(-1)?.id ?? 0, held: held.map(one => one.id) }));
const heldKey = () => `${heldStore}-${options.station}-${options.model}`;

async function countHour(signal) {
  inHour = (await get(`inspections/summary?${query({ from: new Date(serverTime() - hour).toISOString() })}`, { signal })).total;
}

function take(inspection) {
  latest = inspection;

  // After an outage, parts come late: an old OK is no signal.
  latestAt = Date.parse(inspection.time) - clockOffset;
  last = [...last, inspection].slice(-squares);
  counts.total++;
  counts[inspection.decision]++;
  inHour++;
  if (options.hold && inspection.decision === 'abnormal') held = [...held, inspection].slice(-mostHeld);
  draw();
}

let ticks = 0;
function tick() {
  ticks++;
  if (counts && shiftStart(new Date(), options.shifts) > shift) {
    // A new shift counts from zero.
    show().catch(notice);
    return;
  }
  if (counts && ticks % 30 === 0) countHour(stop.signal).catch(() => {});
  if (undo) {
    undo.left--;
    if (undo.left <= 0) undo = undefined;
  }
  draw();
}

/** Why there is no signal; null where there is one. */
function silence() {
  if (Date.now() - heardAt > lostAfter) return t('line_no_server');
  if (!counts) return t('loading');
  if (!latest) return t('line_no_parts');
  const seconds = Math.floor((Date.now() - latestAt) / 1000);
  return options.silence && seconds >= options.silence ? t('line_no_part', seconds) : null;
}

function draw() {
  const [waiting] = held;
  const reason = silence();

  // What waits for a person stays; the last OK never outlives the signal.
  const part = waiting ?? (reason ? undefined : latest);
  const state = part?.decision ?? 'none';
  const tile = $('line-tile');
  tile.className = `line-tile ${state}`;
  set('line-word', t(words[state]));
  set('line-station', options.station || t('line_all'));
  set('line-why', part ? (waiting && reason ? t('line_before') : part.part ?? part.name) : reason ?? '');
  set('line-caption', part ? `${t('line_seen', part.part ?? part.name, part.lot)} \u00b7 ${t('score')} ${number(part.score)} / ${number(part.threshold)}` : '');
  $('line-acknowledge').hidden = !waiting;
  set('line-acknowledge', t('line_acknowledge', held.length));
  showPart(part);
  if (counts) remember();
  drawTotals();
  drawVerdict(part);
  drawSound(options.hold ? Boolean(waiting) : state === 'abnormal');
}

// Text that has not changed is not read out again.
function set(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

function drawTotals() {
  set('line-total', counts ? number(counts.total, 0) : '\u2013');
  set('line-bad', counts ? number(counts.abnormal, 0) : '\u2013');
  set('line-checks', counts ? number(counts.check, 0) : '\u2013');
  set('line-rate', counts ? number(inHour, 0) : '\u2013');
  set('line-share', counts?.total ? `${number(100 * counts.abnormal / counts.total, 1)} %` : '\u2013');
  const ids = last.map(one => one.id).join();
  if ($('line-last').dataset.ids === ids) return;
  $('line-last').dataset.ids = ids;
  $('line-last').replaceChildren(...last.map(one => h('li', { class: one.decision, title: t('line_part', one.name, t(words[one.decision])) }, h('span', { class: 'hidden' }, t(words[one.decision])))));
}

function drawVerdict(part) {
  for (const id of ['line-confirm', 'line-refute']) $(id).disabled = !part || part.decision === 'normal';
  $('line-undo').hidden = !undo;
  if (undo) set('line-undo', t('line_undo', undo.left));
}

function drawSound(isWanted) {
  sound.ring(isWanted && options.sound);
  $('line-mute').setAttribute('aria-pressed', String(!options.sound));
  set('line-mute', t(!options.sound ? 'line_mute_on' : sound.isBlocked() ? 'line_sound_blocked' : 'line_mute_off'));
}

function acknowledge() {
  held = held.slice(1);
  draw();
}

async function mute() {
  if (options.sound && sound.isBlocked()) {
    await sound.allow();
  } else {
    keep({ sound: !options.sound });
    options = settings();
    if (options.sound) await sound.allow();
  }
  draw();
}

async function say(value) {
  const part = held[0] ?? latest;
  if (!part || part.decision === 'normal' || $('line-confirm').disabled) return;
  try {
    await send('PUT', `inspections/${part.id}/verdict`, { value });
    notice(null);
    undo = { id: part.id, part: held[0] === part ? part : undefined, left: undoSeconds };
    if (held[0] === part) held = held.slice(1);
    draw();
  } catch (error) {
    notice(error);
  }
}

async function takeBack() {
  if (!undo) return;
  const { id, part } = undo;
  try {
    await call(`inspections/${id}/verdict`, { method: 'DELETE' });
    notice(null);
    undo = undefined;
    if (part) held = [part, ...held];
    draw();
  } catch (error) {
    notice(error);
  }
}

function key(event) {
  if (!isOpen() || document.querySelector('dialog[open]') || event.ctrlKey || event.altKey || event.metaKey || event.target.matches?.('input, select')) return;
  const keys = { 1: () => say('confirmed'), 2: () => say('false_alarm'), m: mute, M: mute, u: takeBack, U: takeBack, ' ': held.length ? acknowledge : undefined };
  const work = keys[event.key];
  if (!work || (event.key === ' ' && event.target.matches?.('button:not(#line-acknowledge), a'))) return;
  event.preventDefault();
  if (event.repeat) return;
  work();
}
