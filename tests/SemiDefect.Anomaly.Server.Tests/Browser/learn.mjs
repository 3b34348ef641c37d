// Learning as a path, in Chromium: node learn.mjs DLL FOLDER OUT. FOLDER holds an empty models, keys, and images/good and
// images/bad; screenshots go to OUT.
import { chromium } from 'playwright-core';
import axe from 'axe-core';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from './picture.mjs';
import { Server } from './serve.mjs';
import { wide } from './wide.mjs';

const [dll, folder, out] = process.argv.slice(2);
const keys = Object.fromEntries(readFileSync(join(folder, 'keys'), 'utf8').trim().split('\n').map(line => line.split(' ')).map(([role, , key]) => [role, key]));
const images = kind => readdirSync(join(folder, 'images', kind)).sort().map(name => ({ name, mimeType: 'image/png', buffer: readFileSync(join(folder, 'images', kind, name)) }));
const [good, bad] = [images('good'), images('bad')];
const sizes = [[1920, 1080], [1440, 900], [1024, 768], [390, 844]];
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
  page.on('console', message => { if (message.type() === 'error' && /Content Security/.test(message.text())) faults.push(message.text()); });
  await page.goto(server.url);
  await page.waitForSelector('#key-dialog[open]');
  await page.fill('#key-input', key);
  await page.click('#key-form button');
  await page.waitForFunction(() => document.getElementById('caller').textContent.includes('('));
  return page;
}

const shot = (name, fullPage = true) => page.screenshot({ path: join(out, `learn-${name}.png`), fullPage });
const step = async (name, work) => {
  await work();
  console.log(`ok ${name}`);
};
const view = async name => {
  await page.evaluate(hash => { location.hash = hash; }, name);
  await page.waitForSelector(`#view-${name}:not([hidden])`);
};
const has = (id, text) => page.waitForFunction(([of, wanted]) => document.getElementById(of).textContent.includes(wanted), [id, text]);
const drop = async (selector, files) => {
  const transfer = await page.evaluateHandle(list => {
    const made = new DataTransfer();
    for (const [name, type, bytes] of list) made.items.add(new File([new Uint8Array(bytes)], name, { type }));
    return made;
  }, files.map(file => [file.name, file.mimeType, [...file.buffer]]));
  await page.dispatchEvent(selector, 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent(selector, 'drop', { dataTransfer: transfer });
};
const other = (name, mimeType) => ({ name, mimeType, buffer: Buffer.from('no image') });
const tile = name => page.locator('#training li', { has: page.locator(`[data-remove="${name}"]`) });
const audited = async () => (await server.get('audit?model=part-a&limit=200', keys.view)).entries.map(entry => entry.action);

async function violations() {
  await page.evaluate(axe.source);
  return page.evaluate(async () => (await window.axe.run()).violations.map(one => `${one.id}: ${one.nodes.map(node => node.target).join(' ')}`));
}

let page;
try {
  await step('an operator without a model is not sent to a page that needs an engineer', async () => {
    page = await open(keys.operate);
    await page.waitForSelector('#view-inspect:not([hidden])');
    await page.close();
  });

  await step('with no model, learning is the first screen', async () => {
    page = await open(keys.engineer);
    await page.waitForSelector('#view-fit:not([hidden])');
    assert.equal(await page.inputValue('#fit-form [name=name]'), 'line-1');
    await page.waitForSelector('#step-good[aria-current=step]');
    assert.ok(await page.isDisabled('#fit-start'));
    assert.ok(await page.isDisabled('#inspect-now'));
    assert.ok(await page.isVisible('#see-none'));
    await shot('first');
  });

  await step('a drop beside the box is taken, and what is no image is said', async () => {
    await page.fill('#fit-form [name=name]', 'part-a');
    await drop('#fit-title', [...good, other('notes.txt', 'text/plain'), other('photo.heic', 'image/heic'), other('broken.png', 'image/png')]);
    await has('fit-count', `${good.length} images`);
    await has('fit-errors', 'broken.png');
    const said = await page.textContent('#fit-errors');
    assert.match(said, /2 files were left out.*notes\.txt, photo\.heic/);
    assert.match(said, /Save HEIC/);
    assert.equal(page.url(), `${server.url}#fit`);
    await page.waitForSelector('#step-learn[aria-current=step]');
    assert.equal((await audited()).filter(action => action === 'training.added').length, good.length);
  });

  await step('what the check finds stands beside the images it is about', async () => {
    await page.setInputFiles('#fit-files', [{ ...good[3], name: 'copy.png' }, { name: 'odd.png', mimeType: 'image/png', buffer: plain(90, 20) }]);
    await has('check-state', 'Checked');
    await page.waitForFunction(() => document.querySelectorAll('#training .noticed').length === 3);
    assert.match(await tile('copy.png').textContent(), new RegExp(`same image as ${good[3].name}`));
    assert.match(await tile(good[3].name).textContent(), /same image as copy\.png/);
    assert.match(await tile('odd.png').textContent(), /2 sizes/);

    // Those with findings come first.
    assert.equal(await page.locator('#training li:nth-child(-n + 3).noticed').count(), 3);
    await page.waitForFunction(() => [...document.querySelectorAll('#training img')].slice(0, 6).every(image => image.naturalWidth > 0));
    await shot('found');
  });

  await step('an image is removed by key, brought back, and removed again', async () => {
    await page.locator('[data-remove="copy.png"]').focus();
    await page.keyboard.press('Enter');
    await has('training-removed-text', 'copy.png');
    await has('fit-count', `${good.length + 1} images`);
    assert.ok(await page.evaluate(() => document.activeElement.matches('#training button')));
    await page.click('#training-undo');
    await has('fit-count', `${good.length + 2} images`);
    for (const name of ['copy.png', 'odd.png']) {
      await page.click(`[data-remove="${name}"]`);
      await has('training-removed-text', name);
    }
    await has('fit-count', `${good.length} images`);
    await page.waitForFunction(() => document.querySelectorAll('#training .noticed').length === 0);
    const actions = await audited();
    assert.deepEqual(['training.deleted', 'training.returned'].map(wanted => actions.filter(action => action === wanted).length), [3, 1]);
  });

  await step('a fit is seen in every view, and cancelled', async () => {
    await page.selectOption('#fit-form [name=resize]', '512');
    await page.click('#fit-start');
    await page.waitForSelector('#step-learn.now #fit-cancel:not([hidden])');
    for (const name of ['inspect', 'history', 'process', 'model', 'line']) {
      await view(name);
      await page.waitForSelector('#jobs .job');
      assert.ok(await page.isVisible('#jobs .job'), name);
    }
    await shot('line', false);
    await view('fit');
    assert.ok(await page.isDisabled('#fit-start'));
    await page.click('#fit-cancel');
    await has('fit-state', 'Stopped.');
    await page.waitForSelector('#jobs', { state: 'hidden' });
  });

  await step('a fit says that images are few, what it would find, and leads on', async () => {
    await page.selectOption('#fit-form [name=resize]', '128');
    await page.click('#fit-start');
    await has('fit-state', 'Done');
    await page.waitForSelector('#fit-notices li');
    await page.waitForSelector('#see-planted tbody tr.active');
    assert.ok(await page.locator('#see-planted tbody tr').count() >= 4);
    assert.match(await page.textContent('#see-text'), /16 defects were planted/);
    assert.match(await page.textContent('#see-note'), /images/);
    await page.waitForSelector('#jobs .job.done');
    assert.match(await page.textContent('#jobs'), /See what it can see/);
    await shot('seen');
    await page.click('#inspect-now');
    await page.waitForSelector('#view-inspect:not([hidden])');
    assert.equal(await page.inputValue('#model-select'), 'part-a');
    await page.locator('#jobs .job.done button').click();
    await page.waitForSelector('#jobs', { state: 'hidden' });
  });

  await step('a picture of 48 megapixels is seen at once, and said to be unlike the others', async () => {
    let release;
    const held = new Promise(done => { release = done; });
    await page.route('**/inspect?*', async route => {
      await held;
      await route.continue();
    });
    await page.setInputFiles('#files', { name: 'large.png', mimeType: 'image/png', buffer: plain(8000, 6000) });
    await page.waitForSelector('#sending .pending');
    assert.match(await page.textContent('#sending'), /large\.png/);
    await page.waitForSelector('#sending canvas');
    await shot('sending', false);
    release();
    await page.waitForSelector('#sending', { state: 'hidden' });
    await page.unroute('**/inspect?*');
    await page.waitForFunction(() => document.querySelector('#live .card')?.textContent.includes('Unlike in size'));
    const { inspections: [kept] } = await server.get('inspections?limit=1', keys.view);
    assert.equal(kept.notes[0].code, 'size');
  });

  await step('the viewer shows a small picture while the large one is on its way', async () => {
    let release;
    const held = new Promise(done => { release = done; });
    await page.route('**/image', async route => {
      await held;
      await route.continue();
    });
    await page.click('#live .card');
    await page.waitForFunction(() => document.querySelector('#viewer .layers img')?.naturalWidth === 240);
    assert.match(await page.textContent('#viewer .busy'), /in full is loading/);
    assert.match(await page.textContent('#viewer .finding'), /8000 . 6000 pixels are far from the size learned from/);
    await shot('large', false);

    // A drop on the viewer is refused in words.
    await drop('#viewer', [bad[0]]);
    await page.waitForSelector('#viewer .drop-refused');
    release();
    await page.waitForFunction(() => document.querySelector('#viewer .layers img')?.naturalWidth === 8000);
    await page.unroute('**/image');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#viewer', { state: 'hidden' });
  });

  await step('what is dropped where nothing is taken does not replace the page', async () => {
    await view('history');
    await drop('#history-title', [bad[0]]);
    await has('notice', 'Nothing was taken');
    assert.equal(page.url(), `${server.url}#history`);
    await view('inspect');
    await drop('#inspect-title', [...bad, other('list.txt', 'text/plain')]);
    await has('unreadable', 'list.txt');
    await page.waitForFunction(count => document.querySelectorAll('#live .card').length === count, bad.length + 1);
  });

  await step('closing the viewer leaves the page where it was', async () => {
    await page.setInputFiles('#files', good.slice(0, 16).map(file => ({ ...file, name: `more-${file.name}` })));
    await page.waitForFunction(count => document.querySelectorAll('#live .card').length === count, bad.length + 17);
    await page.setViewportSize({ width: 800, height: 600 });
    const card = page.locator('#live .card').nth(4);
    await card.scrollIntoViewIfNeeded();
    await card.click();
    await page.waitForSelector('#viewer[open] .layers img');

    // Further down than where the card can be seen.
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    const before = await page.evaluate(() => scrollY);
    assert.ok(before > 300, `${before}`);
    for (const close of [() => page.keyboard.press('Escape'), () => page.click('.viewer-head button:last-child')]) {
      if (!await page.isVisible('#viewer')) {
        await page.locator('#live .card').nth(4).evaluate(element => element.focus({ preventScroll: true }));
        await page.keyboard.press('Enter');
        await page.waitForSelector('#viewer[open] .layers img');
        await page.click('#viewer button[data-verdict=confirmed]');
        await page.waitForSelector('#viewer button[data-verdict=confirmed][aria-pressed=true]');
      }
      await close();
      await page.waitForSelector('#viewer', { state: 'hidden' });
      await page.waitForTimeout(200);
      assert.equal(await page.evaluate(() => scrollY), before);

      // Also where its card was drawn anew because of the verdict.
      assert.match(await page.evaluate(() => document.activeElement.outerHTML.slice(0, 200)), /card/);
    }

    // Nor does a part that another station sends scroll to the card that has the focus; a new row may move it a little.
    const response = await fetch(`${server.url}api/v1/models/part-a/inspect?name=late.png`, { method: 'POST', body: good[1].buffer, headers: { 'Content-Type': 'image/png', 'X-Api-Key': keys.operate } });
    assert.equal(response.status, 200);
    await has('live', 'late.png');
    await page.waitForTimeout(200);
    const after = await page.evaluate(() => scrollY);
    assert.ok(Math.abs(after - before) < 300, `${before} -> ${after}`);
  });

  await step('a version of a model that exists is a candidate, and its tables are shown as such', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await view('fit');
    await page.selectOption('#fit-form [name=resize]', '256');
    await page.click('#fit-start');
    await has('fit-state', 'Done');
    await page.waitForSelector('#see-candidate:not([hidden])');
    await has('see-candidate-text', 'version 2');
    await has('see-text', 'Version 2 learned');
  });

  await step('axe finds nothing, at four sizes, light and dark, and nothing is wider than the screen', async () => {
    for (const [width, height] of sizes) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        for (const name of ['fit', 'inspect']) {
          await view(name);
          await page.waitForTimeout(250);
          assert.deepEqual(await violations(), [], `${name}, ${width}, ${colorScheme}`);
          assert.deepEqual(await page.evaluate(wide), [], `${name}, ${width}`);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name}, ${width}`);
          if (name === 'fit') await shot(`${width}-${colorScheme}`);
        }
      }
    }
  });

  await step('all of it is there in Korean', async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
    await view('fit');
    await page.click('#language');
    await page.waitForSelector('html[lang=ko]');
    for (const id of ['step-good', 'step-learn', 'step-see', 'step-inspect', 'see-text', 'fit-state', 'check-state']) {
      assert.match(await page.textContent(`#${id}`), /[\uac00-\ud7a3]/, id);
    }
    await shot('ko');
  });
  assert.deepEqual(faults, []);
} catch (error) {
  await shot('failed').catch(() => {});
  console.error(faults.join('\n'));
  throw error;
} finally {
  await browser.close();
  await server.kill();
}
