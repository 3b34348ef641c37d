// Mis-clicks, outages and kills, in Chromium: node safe.mjs DLL FOLDER OUT. FOLDER holds models/tiny.sdad, keys, and
// images/good and images/bad; screenshots go to OUT.
import { chromium } from 'playwright-core';
import axe from 'axe-core';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Server } from './serve.mjs';
import { wide } from './wide.mjs';

const [dll, folder, out] = process.argv.slice(2);
const keys = Object.fromEntries(readFileSync(join(folder, 'keys'), 'utf8').trim().split('\n').map(line => line.split(' ')).map(([role, , key]) => [role, key]));
const images = kind => readdirSync(join(folder, 'images', kind)).sort().map(name => join(folder, 'images', kind, name));
const file = (path, name) => ({ name, mimeType: 'image/png', buffer: readFileSync(path) });
const named = (kind, count, prefix) => Array.from({ length: count }, (_, i) => file(images(kind)[i % images(kind).length], `${prefix}-${i}.png`));
mkdirSync(out, { recursive: true });

const server = new Server(dll, folder);
await server.start();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', timeout: 300000, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const faults = [];

async function open(key) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
  const page = await context.newPage();
  page.setDefaultTimeout(120000);
  page.on('pageerror', error => faults.push(error.message));
  await page.goto(server.url);
  if (key) await useKey(page, key);
  return page;
}

async function useKey(page, key) {
  await page.waitForSelector('#key-dialog[open]');
  await page.fill('#key-input', key);
  await page.click('#key-form button');
}

const step = async (name, work) => {
  await work();
  console.log(`ok ${name}`);
};
const view = async (page, name) => {
  await page.click(`a[href="#${name}"]`);
  await page.waitForSelector(`#view-${name}:not([hidden])`);
};
const settled = page => page.waitForFunction(() => document.getElementById('progress').hidden);
const count = async (model, rest = '') => (await server.get(`inspections?limit=500&model=${encodeURIComponent(model)}${rest}`, keys.engineer)).inspections.length;
const active = async () => (await server.get('models/tiny/versions', keys.engineer)).active;
const answer = (page, value) => page.click(`#ask button[value=${value}]`);
const asked = (page, text) => page.waitForFunction(wanted => document.getElementById('ask').open && document.getElementById('ask').textContent.includes(wanted), text);
const bad = images('bad');

/** The line inspects all bad parts again: how many it finds. */
async function found(page) {
  await view(page, 'inspect');
  const before = await count('tiny');
  await page.setInputFiles('#files', bad);
  for (let i = 0; await count('tiny') < before + bad.length; i++) {
    assert.ok(i < 600, 'the images were not inspected');
    await page.waitForTimeout(100);
  }
  const { inspections } = await server.get(`inspections?limit=${bad.length}&model=tiny`, keys.engineer);
  return inspections.filter(one => one.decision === 'abnormal').length;
}

const page = await open();
try {
  await step('a wrong key gets a sentence', async () => {
    await useKey(page, 'this-is-a-wrong-key');
    await page.waitForFunction(() => document.getElementById('key-wrong').textContent.includes('does not know this key'));
    await useKey(page, keys.engineer);
    await page.waitForFunction(() => document.getElementById('caller').textContent.includes('anna'));
  });

  await step('all texts are there in both languages', async () => {
    const [en, ko] = await page.evaluate(async () => Promise.all(['en', 'ko'].map(async name => Object.entries((await import(`/js/text-${name}.js`)).default).map(([key, text]) => `${key} ${typeof text} ${text.length > 3 || typeof text === 'string' ? 0 : text.length}`).sort())));
    assert.deepEqual(en, ko);
  });

  await step('a scratch called a false alarm and learned by mistake does not blind the line', async () => {
    assert.equal(await found(page), bad.length);
    await page.waitForFunction(total => document.querySelectorAll('#live .card.abnormal').length === total, bad.length);
    for (let i = 0; i < bad.length; i++) {
      // By name: which image is inspected last is not certain.
      await page.locator('#live .card', { hasText: `bad-${bad.length - 1 - i}.png` }).click();
      await page.click(`#viewer button[data-verdict=${i < 2 ? 'false_alarm' : 'confirmed'}]`);
      await page.waitForSelector('#viewer button[data-verdict][aria-pressed=true]');
      await page.keyboard.press('Escape');
      await page.waitForSelector('#viewer', { state: 'hidden' });
    }
    await view(page, 'model');
    await page.click('#model-update');
    await page.waitForFunction(() => document.getElementById('update-state').textContent.includes('candidate'));
    assert.equal(await page.locator('#candidate [data-list=learned] input:checked').count(), 2);
    assert.equal(await page.locator('#candidate [data-list=lost] li').count(), bad.length - 2);
    const [before, after] = await Promise.all(['before', 'after'].map(async name => Number(await page.textContent(`#candidate-${name}`))));
    assert.ok(after > before, `${before} -> ${after}`);
    await page.waitForFunction(() => [...document.querySelectorAll('#candidate [data-list=learned] img')].every(image => image.naturalWidth > 0));
    await page.screenshot({ path: join(out, 'candidate.png'), fullPage: true });
    assert.equal(await active(), 1);

    // Both versions on the latest parts: where they differ, the candidate is blind.
    await page.click('#comparison-start');
    await page.waitForFunction(all => document.getElementById('comparison-state').textContent === `${all} parts compared.`, bad.length);
    const differ = await page.locator('[data-list=disagreements] li').count();
    assert.ok(differ > 0, `${differ} disagreements`);
    assert.match(await page.locator('[data-list=disagreements] li').first().textContent(), /Version 1: Abnormal \([\d.]+\)Version 2: Normal/);
    await page.locator('[data-list=disagreements] button').first().click();
    await page.waitForSelector('#viewer[open]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#viewer', { state: 'hidden' });
    await page.evaluate(axe.source);
    assert.deepEqual(await page.evaluate(async () => (await window.axe.run()).violations.map(one => `${one.id}: ${one.nodes.map(node => node.target).join(' ')}`)), []);
    await page.locator('#candidate').screenshot({ path: join(out, 'comparison.png') });

    // And now the second mis-click: to use it.
    await page.click('#candidate-use');
    await asked(page, 'from now on');
    await answer(page, 'yes');
    await asked(page, 'Known defects would be lost');
    assert.ok(await page.isDisabled('#ask button[value=yes]'));
    await page.screenshot({ path: join(out, 'lost.png') });
    await answer(page, 'no');
    assert.equal(await active(), 1);
    assert.equal(await found(page), bad.length);
  });

  await step('an image that was learned by mistake is left out', async () => {
    await view(page, 'model');
    await page.uncheck('#candidate [data-list=learned] li:first-child input');
    await page.click('#candidate-again');
    await page.waitForFunction(() => document.getElementById('update-state').textContent.includes('Version 3 is a candidate'));
    assert.equal(await page.locator('#candidate [data-list=learned] input').count(), 1);
    await page.click('#candidate-discard');
    await page.waitForFunction(() => document.getElementById('threshold-done').textContent.includes('Version 3 is discarded'));
    assert.equal(await active(), 1);
  });

  await step('a threshold typed too high does not blind the line, and the rule is one click away', async () => {
    const set = async value => {
      await page.fill('#threshold-typed', `${value}`);
      await page.click('#threshold-set');
    };
    const { threshold } = await server.get('models/tiny', keys.engineer);
    await set(100 * threshold.value);
    await asked(page, 'An unusual threshold');
    await answer(page, 'yes');
    await asked(page, 'Known defects would be lost');
    await answer(page, 'no');
    assert.equal(await active(), 1);
    await set(1.5 * threshold.value);
    await page.waitForFunction(() => document.getElementById('threshold-done').textContent.startsWith('The threshold is'));
    assert.equal(await active(), 4);
    assert.match(await page.textContent('#threshold-rule'), /1 %/);
    await page.click('#threshold-rule');
    await page.waitForFunction(() => document.getElementById('threshold-rule').disabled);
    assert.ok((await server.get('models/tiny', keys.engineer)).false_alarm_rate === 0.01);
    assert.equal(await found(page), bad.length);
  });

  await step('an earlier version is activated, and the record of it verified', async () => {
    await view(page, 'model');
    await page.click('tr[data-version="4"] button');
    await asked(page, 'from now on');
    await answer(page, 'yes');
    await page.waitForFunction(() => document.getElementById('threshold-done').textContent === 'Version 4 is active.');
    await page.waitForFunction(() => document.getElementById('audit-rows').textContent.includes('Version activated'));
    await page.click('#audit-verify');
    await page.waitForFunction(() => document.getElementById('audit-state').textContent.includes('intact'));
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#audit-csv')]);
    assert.equal(download.suggestedFilename(), 'audit.csv');
    await page.screenshot({ path: join(out, 'versions.png'), fullPage: true });
    await page.click('tr[data-version="1"] button');
    await asked(page, 'from now on');
    await answer(page, 'yes');
    await page.waitForFunction(() => document.getElementById('threshold-done').textContent === 'Version 1 is active.');
  });

  await step('a model is uploaded; replacing it asks', async () => {
    const upload = { name: 'other.sdad', mimeType: 'application/octet-stream', buffer: readFileSync(join(folder, 'models', 'tiny.sdad')) };
    await page.setInputFiles('#model-file', upload);
    await page.waitForFunction(() => document.getElementById('model-select').value === 'other');
    await page.waitForFunction(() => document.getElementById('threshold-done').textContent.includes('other'));
    await page.setInputFiles('#model-file', upload);
    await asked(page, 'Version 1');
    await answer(page, 'no');
    await page.selectOption('#model-select', 'tiny');
  });

  const slow = async route => {
    await new Promise(done => setTimeout(done, 150));
    await route.continue().catch(() => {});
  };
  await step('the model is that of the drop, and a second drop queues', async () => {
    await view(page, 'inspect');
    const before = await count('tiny');
    await page.route('**/inspect?*', slow);
    await page.setInputFiles('#files', named('good', 40, 'first'));
    await page.waitForFunction(() => document.getElementById('progress-text').textContent.startsWith('8 of'));
    await page.selectOption('#model-select', 'other');
    await page.setInputFiles('#files', named('good', 24, 'second'));
    await page.waitForFunction(() => document.getElementById('progress-text').textContent.endsWith('of 64 images'));
    await settled(page);
    assert.deepEqual([await count('tiny') - before, await count('other')], [40, 24]);
    await page.selectOption('#model-select', 'tiny');
  });

  await step('a reload asks while images wait', async () => {
    const asked = new Promise(done => page.once('dialog', async dialog => {
      await dialog.dismiss();
      done(dialog.type());
    }));
    await page.setInputFiles('#files', named('good', 24, 'reload'));
    await page.waitForFunction(() => document.getElementById('progress-text').textContent.startsWith('4 of'));
    page.reload().catch(() => {});
    assert.equal(await asked, 'beforeunload');
    await settled(page);
    assert.equal((await server.get('inspections?limit=24&model=tiny', keys.engineer)).inspections.filter(one => one.name.startsWith('reload')).length, 24);
  });

  await step('after an outage every image is sent again, and stored once', async () => {
    const before = await count('tiny');
    await page.unroute('**/inspect?*');
    let number = 0;
    await page.route('**/inspect?*', async route => {
      // The server gets every third image, and its answer is lost.
      if (number++ % 3 === 0) {
        await route.fetch();
        await route.abort('connectionreset');
      } else {
        // Long enough for the outage to begin in the middle, also on a busy machine.
        await new Promise(done => setTimeout(done, 600));
        await slow(route);
      }
    });
    await page.setInputFiles('#files', named('good', 30, 'outage'));
    await page.waitForFunction(() => document.getElementById('progress-text').textContent.startsWith('6 of'));
    await page.context().setOffline(true);
    await page.waitForFunction(() => document.getElementById('progress-text').textContent.includes('does not answer'));
    assert.ok(await page.isVisible('#progress-again'));
    await page.context().setOffline(false);
    await page.unroute('**/inspect?*');
    await settled(page);
    const { inspections } = await server.get('inspections?limit=60&model=tiny', keys.engineer);
    const names = inspections.map(one => one.name).filter(name => name.startsWith('outage'));
    assert.deepEqual([await count('tiny') - before, new Set(names).size, names.length], [30, 30, 30]);
  });

  await step('what was refused or stopped is sent again by a button', async () => {
    const before = await count('tiny');
    await page.route('**/inspect?*', route => route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"type":"urn:semidefect:fault","detail":"The server failed."}' }));
    await page.setInputFiles('#files', named('good', 5, 'refused'));
    await page.waitForFunction(() => document.getElementById('progress-text').textContent === '5 images were not sent.');
    assert.equal(await page.locator('#unreadable li').count(), 5);
    await page.unroute('**/inspect?*');
    await page.click('#progress-again');
    await settled(page);
    assert.equal(await count('tiny') - before, 5);
    assert.equal(await page.locator('#unreadable li').count(), 0);
  });

  const other = await open(keys.operate);
  await other.selectOption('#model-select', 'tiny');
  await step('a key that operates sees no buttons of an engineer', async () => {
    await view(other, 'model');
    await other.waitForSelector('#version-rows tr');
    for (const name of ['#model-delete', '#threshold-set', '#model-file', '#threshold-rule']) assert.ok(await other.isHidden(name), name);
    await view(other, 'inspect');
    assert.ok(await other.isVisible('#drop'));
  });

  await step('deleting says what goes, another tab says that it went, and it is undone', async () => {
    await view(page, 'model');
    await page.click('#model-delete');
    await asked(page, 'learned from 24 images');
    await answer(page, 'no');
    assert.ok((await server.get('models', keys.engineer)).models.some(model => model.name === 'tiny'));
    await page.click('#model-delete');
    await asked(page, 'Delete the model');
    await answer(page, 'yes');
    await other.waitForFunction(() => document.getElementById('gone').textContent.includes('was deleted by anna'));
    assert.equal(await other.evaluate(() => document.getElementById('model-select').value), '');
    await other.screenshot({ path: join(out, 'gone.png') });
    await page.click('#gone button');
    await other.waitForFunction(() => document.getElementById('model-select').value === 'tiny');
    await other.waitForSelector('#gone', { state: 'hidden' });
    assert.equal(await found(page), bad.length);
  });

  await step('clearing the training images asks, and is undone', async () => {
    await view(page, 'fit');
    await page.fill('#fit-form [name=name]', 'slow');
    await page.setInputFiles('#fit-files', images('good'));
    await page.waitForFunction(total => document.getElementById('fit-count').textContent.startsWith(`${total} `), images('good').length);
    await page.click('#fit-clear');
    await asked(page, `${images('good').length} images`);
    await answer(page, 'yes');
    await page.waitForFunction(() => document.getElementById('fit-count').textContent.startsWith('0 '));
    await page.click('#fit-undo');
    await page.waitForFunction(total => document.getElementById('fit-count').textContent.startsWith(`${total} `), images('good').length);
  });

  await step('a kill during a fit is told in every tab, and the fit is started again', async () => {
    await page.selectOption('#fit-form [name=resize]', '512');
    await page.click('#fit-start');
    await other.waitForSelector('#jobs .job.running');
    await other.reload();
    await other.waitForSelector('#jobs .job.running');
    assert.match(await other.textContent('#jobs'), /Learning 'slow'/);
    await server.kill();
    await server.start();
    for (const tab of [page, other]) {
      await tab.waitForSelector('#jobs .job.interrupted');
      assert.match(await tab.textContent('#jobs .job-state'), /Interrupted/);
    }
    await page.screenshot({ path: join(out, 'interrupted.png') });
    await page.click('#jobs .job.interrupted button.primary');
    for (const tab of [page, other]) await tab.waitForSelector('#jobs .job.running');
    await page.click('#jobs .job.running button');
    for (const tab of [page, other]) await tab.waitForSelector('#jobs', { state: 'hidden' });
    assert.equal(await found(page), bad.length);
    assert.ok((await server.get('audit/verify', keys.view)).intact);
  });

  await step('nothing of it is wider than a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await view(page, 'model');
    await page.waitForSelector('#version-rows tr');
    assert.deepEqual(await page.evaluate(wide), []);
    await page.click('#language');
    await page.waitForSelector('html[lang=ko]');
    assert.match(await page.textContent('#versions-title'), /[\uac00-\ud7a3]/);
    await page.screenshot({ path: join(out, 'phone-ko.png'), fullPage: true });
  });
  assert.deepEqual(faults, []);
} catch (error) {
  await page.screenshot({ path: join(out, 'failed.png'), fullPage: true });
  console.error(faults.join('\n'));
  throw error;
} finally {
  await browser.close();
  await server.kill();
}
