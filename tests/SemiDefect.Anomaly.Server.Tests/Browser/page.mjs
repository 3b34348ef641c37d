// Drives the page in Chromium: node page.mjs URL IMAGES OUT [KEY]. IMAGES holds good/ and bad/; screenshots go to OUT.
import { chromium } from 'playwright-core';
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { wide } from './wide.mjs';

const [url, images, out, key] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const files = folder => readdirSync(join(images, folder)).sort().map(name => join(images, folder, name));
mkdirSync(out, { recursive: true });

const browser = await chromium.launch({ executablePath, timeout: 300000, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
const page = await context.newPage();
page.setDefaultTimeout(180000);
const faults = [];
page.on('pageerror', error => faults.push(`error: ${error.message}`));
page.on('console', message => { if (message.type() === 'error' && !message.text().includes('401')) faults.push(`console: ${message.text()}`); });
page.on('request', request => { if (!request.url().startsWith(url) && !request.url().startsWith('blob:')) faults.push(`outside request: ${request.url()}`); });
const shot = name => page.screenshot({ path: join(out, `${name}.png`) });
const step = async (name, work) => {
  await work();
  console.log(`ok ${name}`);
};

try {
  await page.goto(url);
  if (key) {
    await step('the key is asked for, and a wrong one asked again', async () => {
      await page.fill('#key-input', 'this-is-a-wrong-key');
      await page.click('#key-form button');
      await page.waitForSelector('#key-dialog[open]');
      await page.fill('#key-input', key);
      await page.click('#key-form button');
      await page.waitForSelector('#key-dialog', { state: 'hidden' });
    });
  }

  await step('a model is learned from dropped good images', async () => {
    await page.click('a[href="#fit"]');
    await page.waitForSelector('#view-fit:not([hidden])');
    await page.fill('#fit-form [name=name]', 'line 3');
    await page.selectOption('#fit-form [name=resize]', '128');
    await page.setInputFiles('#fit-files', files('good'));
    await page.waitForFunction(count => document.getElementById('fit-count').textContent.startsWith(`${count} `), files('good').length);
    await shot('fit');
    await page.click('#fit-start');
    await page.waitForFunction(() => document.getElementById('fit-state').textContent.startsWith('Done'), null, { timeout: 120000 });
    await page.waitForFunction(() => document.getElementById('model-select').value === 'line 3');
  });

  await step('dropped images get verdicts', async () => {
    await page.click('a[href="#inspect"]');
    const drop = await page.evaluateHandle(async paths => {
      const transfer = new DataTransfer();
      for (const [name, bytes] of paths) transfer.items.add(new File([new Uint8Array(bytes)], name, { type: 'image/png' }));
      return transfer;
    }, await Promise.all([...files('bad'), ...files('good').slice(0, 5)].map(async path => [path.split(/[/\\]/).at(-1), [...(await (await import('node:fs/promises')).readFile(path))]])));
    await page.dispatchEvent('#drop', 'dragover', { dataTransfer: drop });
    await page.dispatchEvent('#drop', 'drop', { dataTransfer: drop });
    const expected = files('bad').length + 5;
    await page.waitForFunction(count => document.querySelectorAll('#live .card').length === count, expected);
    await page.waitForFunction(count => document.querySelectorAll('#live .card.abnormal').length === count, files('bad').length);
    await page.waitForFunction(() => [...document.querySelectorAll('#live img')].slice(0, 4).every(image => image.naturalWidth > 0));
    await shot('inspect');
  });

  await step('what is no image is listed with its reason', async () => {
    await page.setInputFiles('#files', { name: 'fake.png', mimeType: 'image/png', buffer: Buffer.from('no image') });
    await page.waitForFunction(() => document.getElementById('unreadable').textContent.includes('fake.png'));
  });

  await step('the viewer shows heatmap, regions and the nearest good patch', async () => {
    await page.locator('#live .card.abnormal').first().click();
    await page.waitForSelector('#viewer[open] .layers img.heat');
    await page.waitForFunction(() => document.querySelectorAll('#viewer .patches canvas').length === 2);
    await page.waitForSelector('#viewer rect.over', { state: 'attached' });
    await page.evaluate(() => {
      const slider = document.getElementById('heat');
      slider.value = 30;
      slider.dispatchEvent(new Event('input'));
    });
    assert.equal(await page.locator('.layers img.heat').evaluate(image => image.style.opacity), '0.3');
    await page.uncheck('#boxes');
    assert.equal(await page.locator('.layers svg').evaluate(boxes => boxes.style.display), 'none');
    await page.check('#boxes');
    const scale = () => page.locator('.layers').evaluate(layers => Number(/scale\(([\d.]+)\)/.exec(layers.style.transform)[1]));
    const before = await scale();
    await page.locator('.stage').focus();
    await page.keyboard.press('+');
    assert.ok(await scale() > before);
    await page.keyboard.press('0');
    assert.equal(await scale(), before);
    await page.evaluate(() => {
      const slider = document.getElementById('heat');
      slider.value = 90;
      slider.dispatchEvent(new Event('input'));
    });
    await shot('viewer');
  });

  await step('a verdict is kept', async () => {
    await page.fill('#viewer input[type=text]', 'dust');
    await page.click('#viewer button[data-verdict=false_alarm]');
    await page.waitForSelector('#viewer button[data-verdict=false_alarm][aria-pressed=true]');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#viewer', { state: 'hidden' });
  });

  await step('the history filters', async () => {
    await page.click('a[href="#history"]');
    await page.waitForFunction(count => document.querySelectorAll('#history-rows tr').length === count, files('bad').length + 5);
    await page.selectOption('#filters [name=verdict]', 'false_alarm');
    await page.click('#filters button.primary');
    await page.waitForFunction(() => document.querySelectorAll('#history-rows tr').length === 1);
    await page.selectOption('#filters [name=verdict]', '');
    await page.selectOption('#filters [name=decision]', 'normal');
    await page.click('#filters button.primary');
    await page.waitForFunction(() => document.querySelectorAll('#history-rows tr').length === 5);
    await shot('history');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export')]);
    assert.equal(download.suggestedFilename(), 'inspections.csv');
  });

  await step('a moved threshold shows at once what would change, and is set', async () => {
    await page.click('a[href="#model"]');
    await page.waitForSelector('#histogram .threshold', { state: 'attached' });
    await page.waitForFunction(() => document.getElementById('threshold-effect').textContent.startsWith('0 of'));
    const { calibration_scores: scores, threshold } = await page.evaluate(async () => (await fetch('api/v1/models/' + document.getElementById('model-select').value, { headers: { 'X-Api-Key': sessionStorage.getItem('semidefect-key') } })).json());
    await page.evaluate(value => {
      const slider = document.getElementById('threshold');
      slider.value = value;
      slider.dispatchEvent(new Event('input'));
    }, 0.99 * threshold.value);
    const fail = scores.filter(score => score > 0.99 * threshold.value).length;
    await page.waitForFunction(([some, all]) => new RegExp(`^${some} of ${all} held-out`).test(document.getElementById('threshold-cost').textContent), [fail, scores.length]);

    // Far beyond the slider.
    await page.fill('#threshold-typed', `${100 * threshold.value}`);
    await page.waitForFunction(count => document.querySelectorAll('#changed li').length === count, files('bad').length);
    await shot('model');
    await page.click('#threshold-set');
    // The defects score far above the good images, so the page asks whether such a threshold is meant.
    await page.waitForFunction(() => document.getElementById('ask').open && document.getElementById('ask').textContent.includes('An unusual threshold'));
    await page.click('#ask button[value=yes]');
    await page.waitForFunction(() => document.getElementById('threshold-done').textContent.startsWith('The threshold is'));
    await page.waitForFunction(() => document.getElementById('threshold-effect').textContent.includes('0 would be abnormal'));
  });

  await step('everything is there in Korean', async () => {
    await page.click('#language');
    await page.waitForSelector('html[lang=ko]');
    for (const name of ['inspect', 'history', 'process', 'model', 'fit']) {
      await page.click(`a[href="#${name}"]`);
      await page.waitForSelector(`#view-${name}:not([hidden]) h1`);
      const latin = await page.evaluate(() => [...document.querySelectorAll('[data-text]')].filter(element => element.textContent === element.dataset.text).map(element => element.dataset.text));
      assert.deepEqual(latin, []);
      assert.match(await page.textContent(`#view-${name} h1`), /[\uac00-\ud7a3]/);
    }
    await page.click('a[href="#inspect"]');
    await shot('korean');
  });

  await step('the keyboard reaches a card, opens it and comes back', async () => {
    await page.locator('#live .card').first().focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('#viewer[open] .layers img.heat');
    await page.keyboard.press('Escape');
    await page.waitForSelector('#viewer', { state: 'hidden' });
    await page.waitForFunction(() => document.activeElement.classList.contains('card'));
  });

  await step('text has the contrast of WCAG AA, in both schemes', async () => {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const name of ['inspect', 'history', 'process', 'model', 'fit']) {
        await page.click(`a[href="#${name}"]`);
        let low = await page.evaluate(lowContrast);
        for (let i = 0; i < 20 && low.length > 0; i++) {
          // Colors change by and by.
          await page.waitForTimeout(200);
          low = await page.evaluate(lowContrast);
        }
        assert.deepEqual(low, [], `${name}, ${colorScheme}`);
      }
      await shot(`${colorScheme}-fit`);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  await step('a phone shows all of it without scrolling sideways', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.click('#language');
    for (const name of ['inspect', 'history', 'process', 'model', 'fit']) {
      await page.click(`a[href="#${name}"]`);
      await page.waitForTimeout(300);
      assert.deepEqual(await page.evaluate(wide), [], name);
      await shot(`phone-${name}`);
    }
    await page.click('a[href="#inspect"]');
    await page.locator('#live .card.abnormal').first().click();
    await page.waitForFunction(() => document.querySelectorAll('#viewer .patches canvas').length === 2);
    const inside = await page.evaluate(() => [...document.querySelectorAll('#viewer button, #viewer input')].every(element => element.getBoundingClientRect().right <= innerWidth));
    assert.ok(inside, 'the viewer is wider than the phone');
    await shot('phone-viewer');
  });

  await step('the page of the API describes it, from this server alone', async () => {
    await page.goto(`${url}docs`);
    await page.waitForFunction(() => document.body.textContent.includes('/api/v1/models/{model}/restore'));
    await shot('docs');
  });

  assert.deepEqual(faults.filter(fault => !fault.includes('422')), []);
} catch (error) {
  await shot('failed');
  console.error(faults.join('\n'));
  throw error;
} finally {
  await browser.close();
}

/** The texts in sight whose contrast is below 4.5, or 3 where they are large; runs in the page. */
function lowContrast() {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = color => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] > 250) return color;
    }
    return [255, 255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes].filter(node => node.nodeType === 3).map(node => node.textContent.trim()).join('');
    if (!text || !element.checkVisibility({ visibilityProperty: true }) || element.matches(':disabled, .hidden, .skip, option')) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(rgba(style.color)), luminance(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) low.push(`${text.slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return low;
}
