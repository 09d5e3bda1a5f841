// What holds of every page: no violation that axe finds, it fits a small screen with widened text, the focus is seen, and nothing else is asked.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'EN-301-549'];
const WIDE = { width: 1280, height: 900 };
const SMALL = { width: 320, height: 800 };
const folder = process.env.SCREENS;
if (folder) mkdirSync(folder, { recursive: true });

/** Takes a picture, if there is a folder for it. */
export async function picture(page, name) {
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** Checks a page that is open, and takes pictures of it, wide and small. */
export async function check(page, name, language) {
  assert.equal(await page.getAttribute('html', 'lang'), language, name);
  assert.equal(await page.locator('h1').count(), 1, name);
  const found = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const broken = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' | ')}`);
  assert.deepEqual(broken, [], name);
  await picture(page, name);
  await fits(page, `${name} at 200 %`, { width: WIDE.width / 2, height: WIDE.height });
  await fits(page, `${name} at 320 px`, SMALL);
  await picture(page, `${name}-small`);
  await space(page, true);
  await fits(page, `${name} with spaced text`, SMALL);
  await space(page, false);
  await page.setViewportSize(WIDE);
}

/** No scrolling in two directions: WCAG 1.4.10. What scrolls by itself, such as a table of data, is exempt. */
async function fits(page, name, size) {
  await page.setViewportSize(size);
  const over = await page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= most) return [];
    const wide = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > most + 1);
    return wide.slice(0, 3).map((one) => one.outerHTML.slice(0, 120));
  });
  assert.deepEqual(over, [], `${name} does not fit`);
}

/** Spaces text as WCAG 1.4.12 says, or no more; without a style sheet, which the page's policy forbids. */
async function space(page, isWide) {
  await page.evaluate((wide) => {
    const spaces = [['line-height', '1.5'], ['letter-spacing', '0.12em'], ['word-spacing', '0.16em']];
    for (const one of document.querySelectorAll('body *')) {
      if (!(one instanceof HTMLElement)) continue;
      for (const [name, value] of spaces) {
        if (wide) one.style.setProperty(name, value, 'important');
        else one.style.removeProperty(name);
      }
    }
  }, isWide);
}

/** Goes through a page by keyboard: everything is reached in the order of the document, and its focus is seen. */
export async function keyboard(page, name) {
  await page.evaluate(() => document.activeElement?.blur());
  let last = -1;
  for (let step = 0; step < 40; step += 1) {
    await page.keyboard.press('Tab');
    const now = await page.evaluate(() => {
      const one = document.activeElement;
      if (!one || one === document.body) return null;
      const style = getComputedStyle(one);
      const box = one.getBoundingClientRect();
      return {
        place: [...document.querySelectorAll('*')].indexOf(one),
        html: one.outerHTML.slice(0, 120),
        seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 && box.width > 0 && box.height > 0,
      };
    });
    if (!now) break;
    assert.ok(now.seen, `${name}: no focus is seen on ${now.html}`);
    if (now.place < last) break;
    last = now.place;
  }
  assert.ok(last > 0, `${name}: nothing is reached by keyboard`);
}

/** Fails on a request to anywhere else, and on whatever the browser complains of. */
export function watch(page, address) {
  const strange = [];
  page.on('request', (request) => {
    const to = new URL(request.url());
    if (to.protocol !== 'data:' && to.origin !== address) strange.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('a status of 400')) strange.push(message.text());
  });
  page.on('pageerror', (error) => strange.push(String(error)));
  return () => assert.deepEqual(strange, []);
}
