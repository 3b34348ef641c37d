// The line view, in Chromium: node line.mjs DLL FOLDER OUT. FOLDER holds models/tiny.sdad, keys, and images/good and
// images/bad; screenshots go to OUT. LINE_SECONDS posts ten parts a second for so long (10 by default).
import { chromium } from 'playwright-core';
import axe from 'axe-core';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server } from './serve.mjs';
import { wide } from './wide.mjs';

const [dll, folder, out] = process.argv.slice(2);
const seconds = Number(process.env.LINE_SECONDS ?? 10);
const keys = Object.fromEntries(readFileSync(join(folder, 'keys'), 'utf8').trim().split('\n').map(line => line.split(' ')).map(([role, , key]) => [role, key]));
const images = Object.fromEntries(['good', 'bad'].map(kind => [kind, readdirSync(join(folder, 'images', kind)).sort().map(name => readFileSync(join(folder, 'images', kind, name)))]));
const sizes = [[1920, 1080], [1440, 900], [1024, 768], [390, 844]];
mkdirSync(out, { recursive: true });

const server = new Server(dll, folder);
await server.start();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', timeout: 300000, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const faults = [];

async function open(hash, key = keys.operate) {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(60000);
  page.on('pageerror', error => faults.push(error.message));
  await page.goto(`${server.url}#${hash}`);
  await page.waitForSelector('#key-dialog[open]');
  await page.fill('#key-input', key);
  await page.click('#key-form button');
  await page.waitForFunction(() => /[0-9]/.test(document.getElementById('line-total').textContent));
  return page;
}

let sent = 0;
async function part(kind, more = {}) {
  const query = new URLSearchParams({ name: `part-${++sent}.png`, station: 'S1', ...more });
  const response = await fetch(`${server.url}api/v1/models/tiny/inspect?${query}`, { method: 'POST', body: images[kind][sent % images[kind].length], headers: { 'Content-Type': 'image/png', 'X-Api-Key': keys.operate } });
  assert.equal(response.status, 200);
  return response.json();
}

const step = async (name, work) => {
  await work();
  console.log(`ok ${name}`);
};
const says = (page, word) => page.waitForFunction(wanted => document.getElementById('line-word').textContent === wanted, word);
const text = (page, id) => page.textContent(`#${id}`);
const verdict = async id => (await server.get(`inspections/${id}`, keys.operate)).verdict?.value;
const until = async (holds, what) => {
  for (let i = 0; !await holds(); i++) {
    assert.ok(i < 300, `waited for: ${what}`);
    await new Promise(done => setTimeout(done, 100));
  }
};
const stays = async (page, word) => {
  await page.waitForTimeout(700);
  assert.equal(await text(page, 'line-word'), word);
};

async function violations(page) {
  await page.evaluate(axe.source);
  return page.evaluate(async () => (await window.axe.run()).violations.map(one => `${one.id}: ${one.nodes.map(node => node.target).join(' ')}`));
}

const page = await open('line');
try {
  await step('without a part, there is no signal', async () => {
    await says(page, 'NO SIGNAL');
    assert.equal(await text(page, 'line-why'), 'No part yet.');
  });

  await step('a good part, an NG that holds, and its acknowledgement by key', async () => {
    await part('good');
    await says(page, 'OK');
    await part('bad', { part: 'SN-7', lot: 'L3' });
    await says(page, 'NG');
    await page.waitForSelector('#line-layers svg rect.over, #line-layers svg circle.over', { state: 'attached' });
    assert.match(await text(page, 'line-caption'), /^SN-7 \u00b7 L3 \u00b7 Score/);
    await part('good');
    await page.waitForFunction(() => document.getElementById('line-total').textContent === '3');
    await stays(page, 'NG');
    await page.keyboard.press('Space');
    await says(page, 'OK');
    assert.deepEqual(await page.$$eval('#line-last li', all => all.map(one => one.className)), ['normal', 'abnormal', 'normal']);
    assert.equal(await text(page, 'line-share'), '33.3 %');
  });

  await step('several NG parts wait in turn', async () => {
    const [first, second] = [await part('bad'), await part('bad')];
    await page.waitForFunction(() => document.getElementById('line-acknowledge').textContent.includes('2 NG parts wait'));
    assert.equal(await text(page, 'line-why'), first.name);
    await page.click('#line-acknowledge');
    assert.equal(await text(page, 'line-why'), second.name);
    await page.keyboard.press('Space');
    await part('good');
    await says(page, 'OK');
  });

  await step('an NG that waits, and one that comes during a reload, wait after it', async () => {
    const first = await part('bad');
    await says(page, 'NG');
    await page.goto('about:blank');
    await part('good');
    const second = await part('bad');
    await part('good');
    await page.goto(`${server.url}#line`);
    await says(page, 'NG');
    assert.equal(await text(page, 'line-why'), first.name);
    await page.keyboard.press('Space');
    assert.equal(await text(page, 'line-why'), second.name);
    await page.keyboard.press('Space');
    await says(page, 'OK');
  });

  await step('keys 1 and 2 give a verdict, and U takes it back', async () => {
    const real = await part('bad');
    await says(page, 'NG');
    await page.keyboard.press('1');
    await page.waitForSelector('#line-undo:not([hidden])');
    assert.equal(await verdict(real.id), 'confirmed');
    await page.keyboard.press('u');
    await page.waitForSelector('#line-undo', { state: 'hidden' });
    assert.equal(await verdict(real.id), undefined);
    assert.equal(await text(page, 'line-why'), real.name);
    await page.keyboard.press('2');
    await until(async () => await verdict(real.id) === 'false_alarm', 'the verdict');
    await page.waitForSelector('#line-undo', { state: 'hidden', timeout: 20000 });
    await part('good');
    await says(page, 'OK');
  });

  await step('a good part has no verdict by key', async () => {
    const good = await part('good');
    await page.waitForFunction(name => document.getElementById('line-why').textContent === name, good.name);
    await page.keyboard.press('2');
    await page.waitForTimeout(300);
    assert.equal(await verdict(good.id), undefined);
  });

  await step('a station sees its own parts only', async () => {
    const other = await open('line?station=S2');
    await part('bad', { station: 'S2' });
    await says(other, 'NG');
    assert.equal(await text(other, 'line-total'), '1');
    await part('good', { station: 'S1' });
    await stays(other, 'NG');
    await other.keyboard.press('Space');
    await other.context().close();
    await page.keyboard.press('Space');
  });

  await step('letters have 20 % of the height, and nothing reaches out of the tile', async () => {
    const words = { normal: 'OK', abnormal: 'NG', check: 'CHECK', none: 'NO SIGNAL' };
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      for (const [state, word] of Object.entries(words)) {
        const box = await page.evaluate(([name, shown]) => {
          const tile = document.getElementById('line-tile');
          const letters = document.getElementById('line-word');
          tile.className = `line-tile ${name}`;
          letters.textContent = shown;
          const [inner, outer] = [letters, tile].map(one => one.getBoundingClientRect());
          return { size: parseFloat(getComputedStyle(letters).fontSize), left: inner.left - outer.left, right: outer.right - inner.right, bottom: outer.bottom - inner.bottom };
        }, [state, word]);
        if (width >= 1024) assert.ok(box.size >= 0.2 * height - 0.01, `${word} at ${width}: ${box.size}`);
        assert.ok(box.left >= 0 && box.right >= 0 && box.bottom >= 0, `${word} at ${width}: ${JSON.stringify(box)}`);
      }
    }
    await page.setViewportSize({ width: 1920, height: 1080 });
  });

  await step('axe finds nothing, in every view, at four sizes, light and dark', async () => {
    await part('bad');
    await says(page, 'NG');
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        for (const name of ['line', 'inspect', 'history', 'process', 'model', 'fit']) {
          await page.evaluate(hash => { location.hash = hash; }, name);
          await page.waitForSelector(`#view-${name}:not([hidden])`);
          await page.waitForTimeout(250);
          assert.deepEqual(await violations(page), [], `${name}, ${width}, ${colorScheme}`);
          assert.deepEqual(await page.evaluate(wide), [], `${name}, ${width}`);
          if (name === 'line' || name === 'process') await page.screenshot({ path: join(out, `${name}-${width}-${colorScheme}.png`) });
        }
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 1920, height: 1080 });
    await page.evaluate(() => { location.hash = 'line'; });
    await page.waitForFunction(() => document.getElementById('line-last').children.length > 5);
  });

  await step('the process view shows what was inspected, and where', async () => {
    await page.evaluate(() => { location.hash = 'process'; });
    await page.waitForSelector('#trend .median', { state: 'attached' });
    const { total, abnormal } = await server.get('inspections/summary?model=tiny', keys.view);
    await page.waitForFunction(([all, bad]) => document.getElementById('shares-text').textContent.includes(`${all} parts`) && document.getElementById('map-text').textContent.includes(`${bad} NG`), [total, abnormal]);
    assert.match(await text(page, 'drift-text'), /good parts so far; 200 are needed/);
    const found = await page.evaluate(() => {
      const canvas = document.getElementById('map');
      const { left, top, width, height } = canvas.getBoundingClientRect();
      for (let i = 0; i < 64; i++) {
        canvas.dispatchEvent(new MouseEvent('click', { clientX: left + width * (i % 8 + 0.5) / 8, clientY: top + height * (Math.floor(i / 8) + 0.5) / 8 }));
        const rows = document.querySelectorAll('#map-rows li').length;
        if (rows) return rows;
      }
      return 0;
    });
    assert.ok(found > 0, 'the map has no parts');
    await page.click('#map-rows button');
    await page.waitForSelector('#viewer[open] .layers img.heat');
    await page.keyboard.press('Escape');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#process-report')]);
    assert.match(download.suggestedFilename(), /^tiny-\d{4}-\d\d-\d\d-.*\.html$/);
    const report = join(out, 'report.html');
    await download.saveAs(report);
    const html = readFileSync(report, 'utf8');
    const { versions } = await server.get('models/tiny/versions', keys.view);
    for (const wanted of [versions[0].sha256, `${abnormal} (`, 'Verdict given', 'SN-7', 'data:image/webp', 'entries are intact']) assert.ok(html.includes(wanted), wanted);
    assert.doesNotMatch(html, /(src|href)="(?!data:)/);
    const paper = await browser.newPage({ viewport: { width: 1000, height: 1400 } });
    await paper.goto(`file://${report}`);
    assert.ok(await paper.evaluate(() => document.querySelector('svg .band').getBoundingClientRect().height > 0));
    await paper.screenshot({ path: join(out, 'report.png'), fullPage: true });
    await paper.close();
    await page.evaluate(() => { location.hash = 'line'; });
    await page.waitForFunction(() => document.getElementById('line-last').children.length > 5);
  });

  await step('the keyboard alone reaches everything', async () => {
    await part('bad');
    await says(page, 'NG');
    const reached = new Set();
    await page.evaluate(() => document.activeElement?.blur());
    for (let i = 0; i < 20; i++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => document.activeElement.id || document.activeElement.className));
    }
    for (const id of ['line-acknowledge', 'line-confirm', 'line-refute', 'line-mute', 'line-full', 'line-settings', 'button']) assert.ok(reached.has(id), `${id} of ${[...reached]}`);
    await page.keyboard.press('m');
    await page.evaluate(() => document.activeElement.blur());
    for (let i = 0; i < 20 && await page.isVisible('#line-acknowledge'); i++) await page.keyboard.press('Space');
  });

  await step('settings: a few seconds without a part are no signal', async () => {
    await page.click('#line-settings');
    await page.fill('#line-form [name=shifts]', 'noon');
    await page.click('#line-form button.primary');
    assert.match(await text(page, 'line-form-wrong'), /06:00/);
    await page.fill('#line-form [name=shifts]', '06:00, 18:00');
    await page.fill('#line-form [name=silence]', '10');
    await page.click('#line-form button.primary');
    await page.waitForSelector('#line-dialog', { state: 'hidden' });
    await page.waitForFunction(() => /[0-9]/.test(document.getElementById('line-total').textContent));
    await Promise.all([says(page, 'OK'), part('good')]);
    await says(page, 'NO SIGNAL');
    assert.match(await text(page, 'line-why'), /^No part for \d+ s\.$/);
    await Promise.all([says(page, 'OK'), part('good')]);
    await page.click('#line-settings');
    await page.fill('#line-form [name=silence]', '0');
    await page.click('#line-form button.primary');
  });

  await step('a killed server is no signal, and nothing is missed when it is back', async () => {
    const last = await part('good');
    await page.waitForFunction(name => document.getElementById('line-why').textContent === name, last.name);
    const before = Number((await text(page, 'line-total')).replace(',', ''));
    await server.kill();
    await says(page, 'NO SIGNAL');
    assert.match(await text(page, 'line-why'), /does not answer/);
    await server.start();
    for (let i = 0; i < 3; i++) await part('good');
    await says(page, 'OK');
    await page.waitForFunction(wanted => document.getElementById('line-total').textContent === wanted, String(before + 3));
  });

  await step(`ten parts a second for ${seconds} s: the tile follows`, async () => {
    const other = await open('line?station=S2');
    for (const one of [page, other]) {
      await one.evaluate(() => {
        window.seen = new Map();
        new MutationObserver(() => window.seen.set(document.getElementById('line-total').textContent.replace(/\D/g, ''), Date.now())).observe(document.getElementById('line-total'), { childList: true, characterData: true, subtree: true });
      });
    }
    const totals = await Promise.all([page, other].map(async one => Number((await text(one, 'line-total')).replace(/\D/g, ''))));
    const posted = [];
    const start = Date.now();
    const memory = async () => Number(/process_resident_memory_bytes\S* ([\d.e+]+)/.exec(await (await fetch(`${server.url}metrics`, { headers: { 'X-Api-Key': keys.view } })).text())?.[1] ?? 0);
    let early;
    for (let i = 0; i < 10 * seconds; i++) {
      await new Promise(done => setTimeout(done, Math.max(0, start + 100 * i - Date.now())));
      await part(i % 50 === 49 ? 'bad' : 'good', { station: i % 2 ? 'S2' : 'S1' });
      posted.push(Date.now());
      if (i === 2 * seconds) early = await memory();
    }
    await until(async () => Number((await text(page, 'line-total')).replace(/\D/g, '')) === totals[0] + posted.length, 'all parts on the first screen');
    await until(async () => Number((await text(other, 'line-total')).replace(/\D/g, '')) === totals[1] + posted.length / 2, 'all parts on the second screen');
    const seen = await page.evaluate(() => [...window.seen].map(([total, at]) => [Number(total), at]));

    // A tile that shows a later part has shown this one as well: several may come with one drawing.
    const delays = posted.map((at, i) => Math.min(...seen.filter(([total]) => total >= totals[0] + i + 1).map(([, when]) => when)) - at).sort((a, b) => a - b);
    const rank = share => delays[Math.min(delays.length - 1, Math.floor(share * delays.length))];
    const late = await memory();
    console.log(`the tile after the answer: p50 ${rank(0.5)} ms, p99 ${rank(0.99)} ms, slowest ${delays.at(-1)} ms; ${(posted.length / (Date.now() - start) * 1000).toFixed(1)} parts a second; memory of the server ${(early / 1e6).toFixed(0)} MB, then ${(late / 1e6).toFixed(0)} MB; heap of the page ${(await page.evaluate(() => performance.memory.usedJSHeapSize) / 1e6).toFixed(0)} MB`);
    assert.ok(early > 0 && late < 1.5 * early, `memory ${early}, then ${late}`);
    assert.ok(rank(0.5) < 300, `p50 ${rank(0.5)} ms`);
    assert.ok(rank(0.99) < (process.env.LINE_SECONDS ? 300 : 3000), `p99 ${rank(0.99)} ms`);
  });

  assert.deepEqual(faults, []);
} catch (error) {
  await page.screenshot({ path: join(out, 'line-failed.png') }).catch(() => {});
  console.error(faults.join('\n'));
  throw error;
} finally {
  await browser.close();
  await server.kill();
}
