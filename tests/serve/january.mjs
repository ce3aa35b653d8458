// The January of an office in Chromium: 60 agencies, two windows, a power cut; every screen at two widths and by axe-core.
// NIANBAO is the program, OFFICE a folder with what the agencies sent, PACKAGES where playwright-core and axe-core are.
import assert from 'node:assert';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';

const { NIANBAO, OFFICE, PACKAGES, PICTURES } = process.env;
const require = createRequire(path.join(PACKAGES, 'any.js'));
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(path.join(PACKAGES, 'axe-core/axe.min.js'), 'utf8');
const work = path.join(OFFICE, 'work');
const sent = fs.readdirSync(path.join(OFFICE, 'sent')).sort().map(name => path.join(OFFICE, 'sent', name));
const AXE_AND_TITLE = new Set();

let server, address;
async function start() {
  server = spawn(NIANBAO, ['serve', work, '--port', '0', '--no-open', '--name', '王敏'], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, LANG: 'C.UTF-8' } });
  for await (const line of readline.createInterface({ input: server.stdout })) { address = line.trim(); break; }
  assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/\?token=\w+$/);
}

const problems = [];
async function window(browser, width) {
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width, height: 900 }, acceptDownloads: true });
  const page = await context.newPage();
  page.on('pageerror', error => problems.push(`${page.url()}: ${error.message}`));
  page.setDefaultTimeout(90_000);
  return page;
}

/** No overflow, and nothing that axe-core objects to. */
async function audit(page, name) {
  const width = page.viewportSize().width;
  await page.waitForTimeout(150);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert(wide <= 0, `${name} at ${width}: ${wide} too wide`);
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe);
  const broken = await page.evaluate(async () => (await /** @type {any} */ (window).axe.run(document)).violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | ')}`));
  assert.deepEqual(broken, [], `${name} at ${width}`);
  AXE_AND_TITLE.add(name);
  if (PICTURES) await page.screenshot({ path: path.join(PICTURES, `${name}-${width}.png`) });
}
const rows = page => page.locator('table.list tbody tr');
const settled = async page => page.waitForFunction(() => !document.querySelector('#reading *') && document.querySelector('table.list tbody tr[data-id]'));
const row = (page, name) => rows(page).filter({ hasText: name });
const go = (page, target) => page.goto(new URL(target, address).href);

await start();
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
let page = await window(browser, 1280);
try {
  // Nothing yet; the agencies; the first files.
  await page.goto(address);
  assert(!page.url().includes('token'), 'the token stays in the address');
  await page.locator('.drop.big').waitFor();
  assert(!/null|undefined|NaN/.test(await page.locator('#main').innerText()));
  await audit(page, 'empty');
  await go(page, '/settings');
  await page.setInputFiles('#roster input[type=file]', path.join(OFFICE, '名录.csv'));
  await page.locator('#roster .st.clean').waitFor();
  assert((await page.locator('#roster .filebox').innerText()).includes('名录.csv'), 'a list of agencies keeps its name');
  await audit(page, 'settings');
  await go(page, '/');
  await page.setInputFiles('#files', sent.slice(0, 30));
  // Loaded again in the middle: what was answered for is here.
  await page.locator('#uploads .st.clean').nth(9).waitFor({ state: 'attached' });
  await page.waitForFunction(() => !document.body.classList.contains('is-uploading'));
  await page.reload();
  await page.setInputFiles('#files', sent.slice(30));
  await page.locator('#uploads').waitFor();
  await page.waitForFunction(() => !document.body.classList.contains('is-uploading'));
  await audit(page, 'working');

  // A power cut in the middle; the page goes on by itself where the port is the same, and is opened again here.
  server.kill('SIGKILL');
  await page.locator('.stopped').waitFor();
  await audit(page, 'stopped');
  await start();
  await page.goto(address);
  await settled(page);
  assert.equal(await rows(page).count(), 60);
  const chip = id => page.locator(`.chip[data-f=${id}] b`).innerText();
  assert.deepEqual([await chip('bad'), await chip('failed'), await chip('none')], ['3', '1', '2']);
  await audit(page, 'inbox');
  const [reminders] = await Promise.all([page.waitForEvent('download'), (async () => { await page.click('#zip summary'); await audit(page, 'download'); await page.click('#zip button:has-text("催报通知")'); })()]);
  assert(reminders.suggestedFilename().endsWith('催报通知.zip'));
  assert(fs.readFileSync(await reminders.path()).includes(Buffer.from('青岚县第58局.docx')));

  // Filter, find, open by the keyboard, see the cell.
  await page.click('.chip[data-f=bad]');
  assert.equal(await rows(page).count(), 3);
  await page.keyboard.press('/');
  await page.keyboard.type('第03局');
  assert.equal(await rows(page).count(), 1);
  await page.keyboard.press('Escape');
  await row(page, '第03局').locator('th a').click();
  await page.locator('.fi.error').first().waitFor();
  const other = await window(browser, 1280);
  await other.goto(address);
  await other.goto(page.url());
  await other.locator('.fi.error').first().waitFor();
  await other.keyboard.press('e');
  await other.fill('#to', '999');
  await other.fill('#basis', '我看是这样');
  await page.locator('.fi.error button:has-text("看这一格")').first().click();
  await page.locator('.prov .ex td.m').waitFor();
  assert.equal(await page.evaluate(() => /** @type {any} */ (document.activeElement).dataset.id), 'requests.granted.enterprise');
  assert.match(await page.locator('[data-id="requests.granted.enterprise"]').getAttribute('title'), /^原文件：.*表.*行/);
  await audit(page, 'cell');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowDown');

  // Correct: the reason is needed, the effect is shown, undo is a new entry.
  const offered = page.locator('.fi.error button:has-text("改为")').first();
  const to = (await offered.innerText()).replace('改为', '').trim();
  await offered.click();
  await page.locator('.effect li').first().waitFor();
  await audit(page, 'correct');
  await page.click('dialog .btn.pri');
  assert(await page.locator('#basis-error').isVisible());
  await page.fill('#basis', '电话核实：办公室');
  await page.click('dialog .btn.pri');
  await page.locator('.toast').waitFor();
  await page.waitForSelector('dialog', { state: 'detached' });
  const cell = page.locator('[data-id="requests.granted.enterprise"]');
  assert((await cell.getAttribute('class')).includes('fixed'));
  assert((await cell.innerText()).includes(to));

  // The second window writes over nothing.
  await other.click('dialog .btn.pri');
  await other.locator('dialog:has-text("先改了")').waitFor();
  await audit(other, 'conflict');
  await other.click('dialog .btn:has-text("用已保存的")');
  await other.locator('.cell.fixed').first().waitFor();
  await other.context().close();
  await page.locator('.fi.fixed button:has-text("撤销")').click();
  await page.locator('.fi.error').first().waitFor();
  await page.locator('.fi.error button:has-text("改为")').first().click();
  await page.fill('#basis', '单位补正件');
  await page.click('dialog .btn.pri');
  await page.locator('.fi.fixed').waitFor();
  const [word] = await Promise.all([page.waitForEvent('download'), (async () => { await page.click('.rephead .menu summary'); await page.click('.menu a:has-text("Word")'); })()]);
  assert(fs.readFileSync(await word.path()).subarray(0, 2).equals(Buffer.from('PK')));
  for (const tab of ['text', 'year', 'source']) { await page.click('#t-' + tab); await audit(page, tab); }

  // Accept one, send one back, receive it again.
  await go(page, '/');
  await settled(page);
  await row(page, '第11局').locator('th a').click();
  await page.locator('.fi.error').first().waitFor();
  await page.click('.rephead button:has-text("接受")');
  await page.fill('#basis', '原件如此，已函告核实');
  await audit(page, 'accept');
  await page.click('dialog .btn.pri');
  await page.locator('h1 .st.accepted').waitFor();
  await go(page, '/');
  await settled(page);
  await row(page, '第20局').locator('th a').click();
  await page.locator('.fi.error').first().waitFor();
  await page.keyboard.press('r');
  await page.fill('#basis', '请核实后重报全套');
  await page.fill('#due', '2026-01-23');
  await audit(page, 'return');
  const downloads = [];
  page.on('download', download => downloads.push(download));
  await page.click('dialog .btn.pri');
  await page.locator('h1 .st.returned').waitFor();
  await page.waitForTimeout(1500);
  assert.equal(downloads.length, 2);
  await go(page, '/');
  await page.setInputFiles('#files', path.join(OFFICE, 'mended.docx'));
  await row(page, '第20局').filter({ hasText: '第2次报送' }).waitFor();
  await row(page, '第20局').locator('th a').click();
  await page.click('#t-versions');
  await page.locator('.cmp ins').first().waitFor();
  await audit(page, 'versions');
  await go(page, '/');
  await settled(page);
  await row(page, '第57局').locator('th a').click();
  await page.locator('section.failed').waitFor();
  await audit(page, 'failed');

  // What cannot be read is typed in: an empty form, a part of it now, a slip that is told, the rest of it later.
  await page.click('button:has-text("照原件录入")');
  await page.fill('#type-agency', '青岚县第57局');
  await page.fill('#basis', '照纸质原件录入');
  await audit(page, 'type-begin');
  await page.click('dialog .btn.pri');
  await page.locator('input.cell').first().waitFor();
  const boxes = page.locator('input.cell');
  await boxes.nth(0).fill('12');
  await boxes.nth(0).press('Enter');
  assert.equal(await page.evaluate(() => /** @type {any} */ (document.activeElement).dataset.id), await boxes.nth(1).getAttribute('data-id'));
  await boxes.nth(1).fill('3O');
  await page.click('.typebar .btn.pri');
  await page.locator('input.cell[aria-invalid=true]').waitFor();
  await audit(page, 'type');
  await boxes.nth(1).fill('30');
  await page.click('.typebar .btn.pri');
  await page.locator('.toast:has-text("已保存")').waitFor();
  assert.equal(await boxes.nth(1).inputValue(), '30');
  await page.locator('.fi.fixed:has-text("录入了 2 格")').waitFor();

  // Add up; the workbook; the log; undo there.
  await go(page, '/rollup');
  await page.locator('.kpis').waitFor();
  await audit(page, 'rollup');
  const [workbook] = await Promise.all([page.waitForEvent('download'), (async () => { await page.click('.pagehead .menu summary'); await page.click('.menu a:has-text("汇总.xlsx")'); })()]);
  assert(workbook.suggestedFilename().endsWith('汇总.xlsx'));
  assert(fs.statSync(await workbook.path()).size > 20_000);
  await go(page, '/log');
  await page.locator('.log li').first().waitFor();
  await audit(page, 'log');
  const before = await page.locator('.log li').count();
  await page.locator('.log li:has-text("接受") button:has-text("撤销")').first().click();
  await page.fill('#basis', '改错了');
  await page.click('dialog .btn.pri');
  await page.waitForFunction(many => document.querySelectorAll('.log li').length > many, before);
  await go(page, '/settings');
  const [copy] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("下载备份")')]);
  assert(copy.suggestedFilename().startsWith('年报备份-') && fs.statSync(await copy.path()).size > 500_000);

  // Every screen on a phone.
  await page.context().close();
  page = await window(browser, 390);
  await page.goto(address);
  await settled(page);
  await audit(page, 'inbox');
  const bad = await row(page, '第11局').locator('th a').getAttribute('href');
  for (const [target, name, ready] of [[bad, 'review', '.fi'], ['/rollup', 'rollup', '.kpis'], ['/log', 'log', '.log li'], ['/settings', 'settings', '#store'], ['/no-such-page', 'error', '.center h1'], ['/login', 'login', '#password']]) {
    await go(page, target);
    await page.locator(ready).first().waitFor();
    await audit(page, name);
  }
  await go(page, '/');
  await settled(page);
  const typed = await row(page, '第57局').locator('th a').getAttribute('href');
  await go(page, `${typed}&tab=type`);
  await page.locator('input.cell').first().waitFor();
  await audit(page, 'type');
  await go(page, bad);
  await page.locator('.fi.error button:has-text("看这一格")').first().click();
  await page.locator('.prov').waitFor();
  await audit(page, 'cell');
  const english = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 900 } });
  const page2 = await english.newPage();
  await page2.goto(address);
  await page2.locator('h1:has-text("Inbox")').waitFor();
  assert.equal(await page2.evaluate(() => document.documentElement.lang), 'en');
  assert.deepEqual(problems, []);
  console.log(`ok: ${AXE_AND_TITLE.size} screens without an objection`);
} catch (error) {
  if (PICTURES) await page.screenshot({ path: path.join(PICTURES, 'failed.png') }).catch(() => {});
  console.error(problems.join('\n'));
  throw error;
} finally {
  await browser.close();
  server.kill('SIGKILL');
}
