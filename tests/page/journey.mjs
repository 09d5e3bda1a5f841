// The whole journey of a counsellor and a jobseeker, with script on and off, in two languages.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { check, keyboard, picture, watch } from './checks.mjs';

const WORDS = {
  en: { sample: 'Show me a sample', go: 'Show the advice', yes: /^Yes, I can/, strike: /^Not asked for/, change: /^Importance and level/, update: 'Update the advice', look: 'Look it up', mine: /^I have it/, person: 'Page to print, for the person', counsellor: 'Page to print, with all reasons', reach: 'Other occupations within reach', back: 'Back to the advice', search: 'Search courses', find: 'Search', compare: 'Compare what is ticked', status: 'Data and sources', accessibility: 'Accessibility', other: 'Deutsch', edit: 'Change ad, person or wishes', wrong: 'That did not work' },
  de: { sample: 'Ein Beispiel zeigen', go: 'Empfehlungen zeigen', yes: /^Ja, das kann ich/, strike: /^Wird nicht verlangt/, change: /^Wichtigkeit und Niveau/, update: 'Empfehlungen neu berechnen', look: 'Nachsehen', mine: /^Ich habe sie/, person: 'Blatt zum Drucken für die Person', counsellor: 'Blatt zum Drucken mit allen Gründen', reach: 'Andere Berufe in Reichweite', back: 'Zurück zu den Empfehlungen', search: 'Kurse suchen', find: 'Suchen', compare: 'Angekreuzte vergleichen', status: 'Daten und Quellen', accessibility: 'Barrierefreiheit', other: 'English', edit: 'Anzeige, Person oder Wünsche ändern', wrong: 'Das hat nicht geklappt' },
};

let server;
let address;
let browser;

before(async () => {
  const environment = { ...process.env, SKILLGAP__ADMIN__LISTEN: '127.0.0.1:0', SKILLGAP__LOG__FORMAT: 'json' };
  server = spawn(process.env.SKILLGAP_BIN, ['serve', '--listen', '127.0.0.1:0'], { env: environment });
  address = await new Promise((found, failed) => {
    let said = '';
    const read = (piece) => {
      said += piece;
      const port = said.match(/"grpc":"127\.0\.0\.1:(\d+)"/);
      if (port) found(`http://127.0.0.1:${port[1]}`);
    };
    server.stdout.on('data', read);
    server.stderr.on('data', read);
    server.on('exit', (code) => failed(new Error(`the service ended with ${code}: ${said}`)));
  });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
});

after(async () => {
  await browser?.close();
  server?.kill();
});

for (const language of ['en', 'de']) {
  for (const script of [true, false]) {
    test(`the journey in ${language}, script ${script ? 'on' : 'off'}`, { timeout: 600_000 }, () => journey(language, script));
  }
}

async function journey(language, script) {
  const words = WORDS[language];
  const context = await browser.newContext({ javaScriptEnabled: script, locale: language === 'de' ? 'de-DE' : 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const nothingStrange = watch(page, address);
  // Axe and the other checks are script themselves, so they run where the page may have some.
  const look = async (name, code = language) => {
    if (script) await check(page, `${code}-${name}`, code);
    else assert.equal(await page.locator('h1').count(), 1, name);
  };
  const button = (name) => page.getByRole('button', { name }).first();

  await page.goto(`${address}/`);
  await look('start');
  if (script) await keyboard(page, 'start');

  await page.getByRole('link', { name: words.sample }).click();
  await look('advice');
  if (script) await keyboard(page, 'advice');

  // Corrections: a question is answered, a skill struck out, another made less important, one added; all can be taken back.
  const rows = () => page.locator('input[name="u"]').count();
  const before = await rows();
  await button(words.yes).click();
  assert.equal(await rows(), before);
  await button(words.strike).click();
  assert.equal(await rows(), before - 1);
  await page.locator('tbody summary').filter({ hasText: words.change }).first().click();
  await page.locator('tbody select[name="i"]').first().selectOption('nice');
  await button(words.update).click();
  assert.equal(await page.locator('input[name="a"]').count(), 1);
  await page.locator('input[name="skill"]').fill('forklift');
  await button(words.look).click();
  await look('advice-found');
  await button(words.mine).click();
  await look('advice-corrected');
  const undo = page.locator('button[name="forget"]');
  const corrections = page.locator('details').filter({ has: undo });
  await corrections.locator('summary').click();
  const corrected = await undo.count();
  assert.ok(corrected >= 3);
  await undo.first().click();
  assert.equal(await undo.count(), corrected - 1);

  // The other language, with all that was corrected; and back.
  await button(words.other).click();
  const other = language === 'en' ? 'de' : 'en';
  assert.equal(await page.getAttribute('html', 'lang'), other);
  assert.equal(await page.locator('input[name="a"]').count(), 1);
  await button(language === 'en' ? 'English' : 'Deutsch').click();

  // On paper.
  await button(words.person).click();
  await look('sheet-person');
  if (script) {
    const pdf = await page.pdf({ tagged: true, format: 'A4' });
    const pages = pdf.toString('latin1').match(/\/Type\s*\/Pages[^>]*?\/Count (\d+)/) ?? pdf.toString('latin1').match(/\/Count (\d+)/);
    assert.equal(pages?.[1], '1', 'the sheet of the person is one page');
    await page.emulateMedia({ media: 'print' });
    await picture(page, `${language}-sheet-person-print`);
    await page.emulateMedia({ media: null });
  }
  await button(words.back).click();
  await button(words.counsellor).click();
  await look('sheet-counsellor');
  await button(words.back).click();
  await button(words.reach).click();
  await look('occupations');
  await button(words.back).click();

  // The form again, with everything in it; then one that is wrong.
  await button(words.edit).click();
  assert.match(await page.locator('textarea[name="ad"]').inputValue(), /Lindgren/);
  await look('start-filled');
  await page.locator('textarea[name="ad"]').fill('  ');
  await button(words.go).click();
  assert.equal(await page.locator('h1').innerText(), words.wrong);
  await look('error');

  // Search, one course, compare, and the pages about the page.
  await page.goto(`${address}/?lang=${language}`);
  await page.getByRole('navigation').getByRole('link', { name: words.search }).click();
  await page.locator('input[name="words"]').fill('customer');
  await page.getByRole('button', { name: words.find, exact: true }).click();
  await look('search');
  if (script) await keyboard(page, 'search');
  await page.locator('.hits a').first().click();
  await look('credential');
  await page.goto(`${address}/search?lang=${language}`);
  for (const at of [0, 1, 2]) await page.locator('input[name="id"]').nth(at).check();
  await button(words.compare).click();
  await look('compare');
  await page.locator('footer').getByRole('link', { name: words.status }).click();
  await look('status');
  await page.locator('footer').getByRole('link', { name: words.accessibility }).click();
  await look('accessibility');

  if (script && language === 'de') {
    await page.goto(`${address}/advice?sample=yes&lang=de`);
    assert.ok(await page.locator('th [lang="en"]').count() > 0, 'labels in English are marked as such');
    await page.emulateMedia({ forcedColors: 'active' });
    await picture(page, 'de-advice-forced-colours');
  }
  assert.deepEqual(await context.cookies(), []);
  nothingStrange();
  await context.close();
}
