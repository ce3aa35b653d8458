// @ts-check
// 核对: findings at the left, the report as prescribed at the right, from one to the other in a click.
import { $, $$, L, badge, h, menu, param, say, shell, status, toast, typing, when } from './ui.js';
import { icon } from './icons.js';
import { follow, get, post, tell } from './api.js';
import { AGAIN, FORMATS, LEVELS, NOTICES, STATES } from './states.js';
import { beside, light, marks, tables } from './tables.js';
import { accept, correct, equation, ruleText, sendBack, undo } from './dialogs.js';
import { excerpt, source, text, versions, year } from './panels.js';
import { reasonDialog } from './ui.js';
import { begin, typeIn, unsaved } from './typing.js';

let /** @type {any} */ found, /** @type {any} */ list;
let /** @type {any} */ head, /** @type {any} */ findings, /** @type {any} */ panel, /** @type {any} */ right, /** @type {any} */ review, /** @type {any} */ tabs, /** @type {any} */ prov = null;
let current = '', open = 'data', mine = 0;

/** @param {any} who */
export async function show(who) {
  shell('/', who);
  const id = param('id') || '';
  [found, list] = await Promise.all([get('/api/reports/' + encodeURIComponent(id)), get('/api/state')]);
  badge(list.counts.bad + list.counts.failed);
  head = h('div');
  findings = h('section.card.find', { 'aria-label': L('问题', 'Findings') });
  panel = h('div', { id: 'panel', role: 'tabpanel', tabindex: 0 });
  tabs = h('div.tabs', { role: 'tablist', 'aria-label': L('看什么', 'What to see'), onkeydown: tabKeys });
  right = h('section.card', { 'aria-label': L('报告', 'Report') }, tabs, panel);
  review = h('div.review', findings, right);
  $('#main').append(head, ...(found.report.failed ? [failed()] : [switcher(), review]));
  draw();
  if (!found.report.failed) {
    tab(param('tab') || 'data');
    const first = visible()[0];
    if (first) choose(first.id, false);
    if (!param('tab')) mode('find');
    sourceBeside();
  }
  document.addEventListener('keydown', keys);
  addEventListener('beforeprint', () => { for (const one of $$('details.sheet')) one.open = true; });
  follow(list.revision, changed);
}

/** Somebody did something: the list, and a word where it was this report. */
async function changed() {
  list = await get('/api/state');
  badge(list.counts.bad + list.counts.failed);
  const now = await get('/api/reports/' + found.id).catch(() => null);
  const changed = now && now.revision !== found.revision && now.revision !== mine;
  // Checked again, under other settings or beside another report of last year: the same figures.
  const checked = now && (now.checks !== found.checks || now.again !== found.again);
  if ((changed || checked) && !$('dialog[open]') && !unsaved()) {
    found = now;
    draw();
    renew();
    if (changed) toast(L('这份报告刚被改动，已显示最新的。', 'This report was changed; you see the latest.'));
  }
  return list.revision;
}

const desk = {
  get id() { return found.id; },
  get found() { return found; },
  saved(/** @type {any} */ answer) { found = answer; mine = answer.revision; draw(); renew(); },
  async reload() { found = await get('/api/reports/' + found.id); mine = found.revision; if (found.report.failed) location.reload(); draw(); renew(); },
};

function draw() {
  drawHead();
  if (!found.report.failed) { drawFindings(); drawTabs(); }
}
/** Draws the open part again, and keeps the focus where it was. */
function renew() {
  if (found.report.failed) return;
  const focused = /** @type {any} */ (document.activeElement)?.dataset?.id;
  closeSource();
  tab(open, true);
  if (focused) focusCell(focused);
}

/** The reports that stand beside this one in the list: those of its state. */
function neighbours() {
  const state = found.row?.state;
  const rows = list.rows.filter((/** @type {any} */ row) => row.id && row.state === state);
  return { rows, at: rows.findIndex((/** @type {any} */ row) => row.id === found.row?.id) };
}

function drawHead() {
  const report = found.report, row = found.row, name = report.agency || row?.agency || L('（未能确定单位）', '(agency unknown)');
  document.title = name + L(' · 核对 · 年报', ' · nianbao');
  const [word, ic] = STATES[row?.state || 'working'];
  const errors = row?.errors || 0;
  const { rows, at } = neighbours();
  const go = (/** @type {any} */ other, /** @type {string} */ ic, /** @type {string} */ label) => (other ? h('a.btn.ic', { href: '/report?id=' + other.id, 'aria-label': label, title: label }, icon(ic)) : h('button.btn.ic', { type: 'button', disabled: true, 'aria-label': label }, icon(ic)));
  const output = (/** @type {string} */ kind) => `/api/reports/${found.id}/output/${kind}`;
  const formats = report.failed ? [] : (list.formats || []).map((/** @type {string} */ suffix) => ({ text: FORMATS[suffix]?.[0] || suffix, k: FORMATS[suffix]?.[1], href: output(suffix) }));
  const notices = NOTICES.filter(one => !report.failed || one[0] === 'letter').filter(one => one[0] !== 'revised' || found.corrections.length).map(([kind, text, k]) => ({ text, k, href: output(kind) }));
  const download = menu([icon('download'), L('下载', 'Download')], [...formats, formats.length ? '-' : null, ...notices, '-', { text: L('原文件', 'The sent file'), icon: 'file', href: output('original') }, { text: L('打印这一页', 'Print this page'), icon: 'print', run: () => print() }]);
  const version = row && row.versions.length > 1 ? row.versions.findIndex((/** @type {any} */ one) => one.id === found.id) : -1;
  const counts = version < 0 || row.versions[version].counts;
  const meta = [report.form && h('span', L(`${report.year ? report.year + '年度，' : ''}${say(report.form.name)}`, `${report.year || ''} ${say(report.form.name)}`)), version >= 0 && h('span', L(`第 ${version + 1} 次报送，${when(found.file.at)}`, `version ${version + 1}, ${when(found.file.at)}`)), version < 0 && h('span', when(found.file.at)), h('span.hide-s', found.file.name)];
  const notes = [!counts && h('div.note.warn', { class: 'mb' }, icon('warn'), h('div', L('这是以前的一次报送，不计入汇总。', 'This is an earlier version and does not count.'), ' ', h('a', { href: '/report?id=' + row.id }, L('看现用的一次', 'See the one that counts')))), row?.state === 'returned' && h('div.note', { class: 'mb' }, icon('back'), h('div', L('已退回', 'Sent back'), row.due ? L(`，限${when(row.due)}前重报。`, `, due ${when(row.due)}.`) : L('。', '.'), ' ', returnedBy())), (!report.agency || !report.year) && !report.failed && h('div.note.warn', { class: 'mb' }, icon('warn'), h('div', L('没有读出单位或年度，先填上才能计入。', 'Agency or year are unknown.'), ' ', h('button.btn.sm', { type: 'button', onclick: () => correct(desk, report.agency ? 'year' : 'agency', { label: report.agency ? L('年度', 'Year') : L('单位名称', 'Agency'), from: '', to: '' }) }, report.agency ? L('填年度', 'Give the year') : L('填单位', 'Give the agency'))))];
  const canAccept = !report.failed && errors > 0;
  head.replaceChildren(h('div.crumb', h('a', { href: '/' }, L('收件', 'Inbox')), icon('right', 's'), h('span', rows.length && at >= 0 ? L(`${word} ${rows.length} 份中的第 ${at + 1} 份`, `${word}: ${at + 1} of ${rows.length}`) : word)),
    h('div.rephead', h('div.grow', h('h1', name, found.again ? status('working', AGAIN, 'spin', true) : status(row?.state || 'working', word + (row?.state === 'bad' ? ' ' + errors : ''), ic, true)), h('div.meta', meta)),
      h('div.row', go(rows[at - 1], 'left', L('上一份 [', 'previous [')), go(rows[at + 1], 'right', L('下一份 ]', 'next ]')), download, canAccept && h('button.btn', { type: 'button', onclick: () => accept(desk, null) }, icon('stamp'), L('接受', 'Accept')), h('button.btn.danger', { type: 'button', onclick: () => sendBack(desk) }, icon('back'), L('退回修改', 'Send back')))), ...notes.filter(Boolean));
}
function returnedBy() {
  const entry = found.done.filter((/** @type {any} */ one) => one.what.returned && !one.undone).pop();
  return entry ? [h('span.small.muted', `${entry.who}，${when(entry.at)}：${entry.what.returned.reason} `), h('button.btn.sm.ghost', { type: 'button', onclick: () => undo(desk, entry.id) }, L('撤销', 'Undo'))] : null;
}

/** Findings that people look at; notes are behind a fold. */
const visible = () => found.report.findings.filter((/** @type {any} */ one) => !one.accepted && one.severity !== 'info');
const accepted = () => found.report.findings.filter((/** @type {any} */ one) => one.accepted);
const notes = () => found.report.findings.filter((/** @type {any} */ one) => !one.accepted && one.severity === 'info' && one.code !== 'figure-corrected');

function drawFindings() {
  const shown = visible(), errors = shown.filter((/** @type {any} */ one) => one.severity === 'error').length, warnings = shown.length - errors;
  const filled = (/** @type {any} */ one) => found.report.typed && !one.from;
  const inForce = found.corrections.filter((/** @type {any} */ one) => !filled(one) && one.last && !one.undone && !String(one.reason || '').startsWith(L('在核对页撤销', 'undone on the page')));
  const counts = [errors ? status('bad', L('错误 ', 'Errors ') + errors, 'alert') : null, warnings ? status('warn', L('提示 ', 'Warnings ') + warnings, 'warn') : null];
  findings.replaceChildren(h('div.hd', h('h2', L('问题', 'Findings')), counts, h('span.grow'), shown.length ? h('span.small.muted.hide-s', h('kbd', 'j'), ' ', h('kbd', 'k')) : null),
    shown.length ? '' : allGood(),
    h('ol', shown.map(item), byHand(), inForce.map(corrected), accepted().map(acceptedItem)),
    ...(notes().length ? [h('details.rest2', h('summary.small.muted', L(`说明 ${notes().length} 条（无需办理）`, `${notes().length} notes (nothing to do)`)), h('ol', notes().map((/** @type {any} */ one) => h('li.fi.info', h('p.small', say(one.message))))))] : []));
  for (const b of $$('.switch b')) b.textContent = String(shown.length || '');
  mark();
}
const where = (/** @type {any} */ one) => say(one.where) || (one.place ? say(one.place) : '');

/** @param {any} one */
function item(one) {
  const [word, ic, cls] = LEVELS[one.severity];
  const cell = one.culprits[0]?.field || one.fields[0];
  const single = one.culprits.length === 1 && one.culprits[0].to !== null ? one.culprits[0] : null;
  const several = one.culprits.length > 1 ? one.culprits.filter((/** @type {any} */ culprit) => culprit.to !== null) : [];
  const ways = several.length ? h('div.alts', several.slice(0, 12).map((/** @type {any} */ way) => h('button', { type: 'button', onclick: () => correctCell(way.field, way.to) }, h('span.ft', `${say(way.label)} ${way.from ?? L('空白', 'blank')} → ${way.to}`)))) : null;
  const offer = one.proposal ? h('div.alts', h('button.best', { type: 'button', onclick: () => correctCell(one.proposal.field, one.proposal.to) }, h('span.ft', `${L('填', 'put ')}${one.proposal.to}`), h('span.ev', L('正文：', 'The text says: ') + one.proposal.quoted))) : null;
  const acts = [single && h('button.btn.sm.pri', { type: 'button', onclick: () => correctCell(single.field, single.to) }, L('改为 ', 'Correct to ') + single.to), cell && found.report.cells[cell] && h('button.btn.sm', { type: 'button', onclick: () => choose(one.id, true) }, icon('eye', 's'), L('看这一格', 'See the cell')), !cell && h('button.btn.sm', { type: 'button', onclick: () => tab('text') }, icon('eye', 's'), L('看正文', 'See the text')), h('button.btn.sm.ghost', { type: 'button', onclick: () => accept(desk, one) }, L('接受…', 'Accept …'))];
  return h('li.fi.' + one.severity, { id: 'f-' + one.id, onclick: (/** @type {any} */ event) => { if (!event.target.closest('button,a')) choose(one.id, true); } }, h('div.hd2', status(cls, word, ic), h('span.where', say(one.message).startsWith(where(one)) ? '' : where(one)), h('span.code', { title: one.code }, one.rule || '')), h('p.msg', say(one.message)), ways, offer, h('div.row', acts));
}
/** That a report was typed in, and taking that back. */
function byHand() {
  const line = found.report.typed && found.corrections.filter((/** @type {any} */ one) => one.field === 'form' && !one.undone).pop();
  if (!line) return null;
  const cells = Object.values(found.report.cells).filter((/** @type {any} */ cell) => cell.text !== '').length;
  return h('li.fi.fixed', { id: 'f-' + line.id }, h('div.hd2', status('fixed', L('人工录入', 'Typed in'), 'pencil')), h('p.msg', L(`原文件未能读取，照原件录入了 ${cells} 格。`, `The file could not be read; ${cells} figures were typed in.`)), h('p.done', L(`${line.who}，${when(line.at)}。依据：${line.reason || ''}`, `${line.who}, ${when(line.at)}: ${line.reason || ''}`)), h('div.row', h('button.btn.sm', { type: 'button', onclick: () => tab('type') }, icon('pencil', 's'), L('接着录入', 'Go on typing')), line.last && h('button.btn.sm.ghost', { type: 'button', onclick: () => undo(desk, line.id) }, L('撤销录入', 'Undo'))));
}
/** @param {any} one */
function corrected(one) {
  const cell = found.report.cells[one.field];
  const place = cell ? say(cell.label) : { agency: L('单位名称', 'Agency'), year: L('年度', 'Year'), title: L('标题', 'Title') }[/** @type {string} */ (one.field)] || L('正文', 'Text');
  const short = (/** @type {string} */ text) => (text.length > 40 ? text.slice(0, 40) + '…' : text) || L('空白', 'blank');
  return h('li.fi.fixed', { id: 'f-' + one.id }, h('div.hd2', status('fixed', L('已更正', 'Corrected'), 'pencil'), h('span.where', place)), h('p.msg', short(one.from), ' → ', h('b', short(one.to))), h('p.done', L(`${one.who}，${when(one.at)}。依据：${one.reason || ''}`, `${one.who}, ${when(one.at)}: ${one.reason || ''}`)), h('div.row', cell && h('button.btn.sm', { type: 'button', onclick: () => goTo(one.field) }, icon('eye', 's'), L('看这一格', 'See the cell')), h('button.btn.sm.ghost', { type: 'button', onclick: () => undo(desk, one.id) }, L('撤销', 'Undo'))));
}
/** @param {any} one */
function acceptedItem(one) {
  const entry = found.done.filter((/** @type {any} */ done) => done.what.accepted && !done.undone && done.what.accepted.about.some((/** @type {any} */ about) => about.zh === one.message.zh)).pop();
  return h('li.fi.accepted', { id: 'f-' + one.id }, h('div.hd2', status('accepted', L('已接受', 'Accepted'), 'stamp'), h('span.where', where(one))), h('p.msg', say(one.message)), h('p.done', L(`${entry ? entry.who + '，' : ''}到 ${one.accepted.until}。理由：${one.accepted.reason}`, `${entry ? entry.who + ', ' : ''}until ${one.accepted.until}: ${one.accepted.reason}`)), h('div.row', one.fields[0] && h('button.btn.sm', { type: 'button', onclick: () => goTo(one.fields[0]) }, icon('eye', 's'), L('看这一格', 'See the cell')), entry && h('button.btn.sm.ghost', { type: 'button', onclick: () => undo(desk, entry.id) }, L('撤销', 'Undo'))));
}
function allGood() {
  const rules = found.report.rules.map((/** @type {any} */ rule) => [rule, rule.instances.filter((/** @type {any} */ one) => one.verdict === 'holds').length]).filter((/** @type {any[]} */ one) => one[1]);
  const cells = Object.keys(found.report.cells).length, { rows, at } = neighbours(), next = rows[at + 1];
  return h('div.allgood', icon('check'), h('h3', L('没有剩下的问题', 'Nothing is wrong')), h('p.small.muted', L(`核对过 ${cells} 格、${found.report.sections.length} 个部分`, `${cells} figures and ${found.report.sections.length} parts were checked`)), h('ul.rules2', rules.map((/** @type {any[]} */ [rule, many]) => h('li', h('span.st.clean', icon('check', 's'), h('span.vh', L('成立', 'holds'))), h('span.grow', say(rule.text)), h('span.muted.nowrap', L(`${many} 条`, many))))), next && h('div.row', h('a.btn.sm.pri', { href: '/report?id=' + next.id }, L('下一份', 'Next'), icon('right', 's'))));
}

const TABS = () => [['data', L('数据', 'Figures')], ...(found.report.typed ? [['type', L('录入', 'Type in')]] : []), ['text', L('正文', 'Text')], ['year', L('与上年对照', 'Last year')], ...(found.row?.versions.length > 1 ? [['versions', L('版本对照', 'Versions')]] : []), ['source', L('原文件', 'Sent file')]];
function drawTabs() {
  tabs.replaceChildren(...TABS().map(([id, text]) => h('button', { type: 'button', role: 'tab', id: 't-' + id, 'aria-controls': 'panel', 'aria-selected': String(id === open), tabindex: id === open ? 0 : -1, onclick: () => tab(id) }, text)));
}
function tabKeys(/** @type {KeyboardEvent} */ event) {
  const all = TABS(), at = all.findIndex(one => 't-' + one[0] === document.activeElement?.id), step = /** @type {any} */ ({ ArrowRight: 1, ArrowLeft: -1 })[event.key];
  if (!step) return;
  const [id] = all[(at + step + all.length) % all.length];
  tab(id);
  $('#t-' + id).focus();
  event.stopPropagation();
}
/** @param {string} id @param {boolean} [stay] */
function tab(id, stay = false) {
  closeSource();
  open = TABS().some(one => one[0] === id) ? id : 'data';
  if (!stay) mode('rep');
  review.classList.toggle('wide2', open !== 'data');
  drawTabs();
  panel.setAttribute('aria-labelledby', 't-' + open);
  if (open === 'data') {
    const folded = $$('details.sheet:not([open])', panel).map(one => one.dataset.table);
    panel.replaceChildren(...tables(found.report, showSource));
    for (const one of $$('details.sheet', panel)) if (folded.includes(one.dataset.table)) one.open = false;
    const first = $('.cell.bad', panel) || $('.cell.amb', panel) || $('.cell', panel);
    if (first) first.tabIndex = 0;
    if (current) sourceBeside();
  } else if (open === 'type') panel.replaceChildren(...typeIn(found, desk.saved));
  else if (open === 'text') panel.replaceChildren(...text(found, (field, from, label) => correct(desk, field, { label, from, long: true })));
  else if (open === 'year') panel.replaceChildren(...year(found));
  else if (open === 'versions') versions(found, panel, use).catch(tell);
  else source(found, panel).catch(error => panel.replaceChildren(h('p.inset', error.message)));
}
function use(/** @type {string} */ id) {
  reasonDialog(L('改用这一次报送', 'Use this version'), [L('单位确认以此为准', 'The agency confirmed it')], [h('p', L('汇总和下载都改用这一次；另一次还在。', 'Sums and downloads use it; the other stays.'))], L('改用', 'Use it'), async reason => {
    try { await post(`/api/reports/${id}/use`, { reason }); await desk.reload(); list = await get('/api/state'); draw(); toast(L('已改用。', 'Done.')); } catch (error) { tell(error); }
  });
}

const narrowSwitch = [['find', L('问题', 'Findings')], ['rep', L('报告', 'Report')]];
/** @type {any} */ let sw;
function switcher() {
  sw = h('div.switch', { role: 'group', 'aria-label': L('看问题还是看报告', 'Findings or report') }, narrowSwitch.map(([id, text]) => h('button', { type: 'button', 'data-m': id, onclick: () => { mode(id); scrollTo(0, 0); } }, text, id === 'find' ? h('b') : null)));
  return sw;
}
function mode(/** @type {string} */ name) {
  review.classList.toggle('m-find', name === 'find');
  review.classList.toggle('m-rep', name === 'rep');
  if (sw) for (const one of $$('button', sw)) one.setAttribute('aria-pressed', String(one.dataset.m === name));
}

function mark() { for (const one of $$('.fi', findings)) one.classList.toggle('sel', one.id === 'f-' + current); }
/** Chooses a finding, and goes to its cell. @param {string} id @param {boolean} go */
function choose(id, go) {
  current = id;
  mark();
  const one = found.report.findings.find((/** @type {any} */ finding) => finding.id === id);
  if (!go || !one) return;
  const field = one.culprits[0]?.field || one.fields[0];
  if (field && found.report.cells[field]) goTo(field); else tab('text');
}
function goTo(/** @type {string} */ field) {
  if (open !== 'data' || !$('.cell', panel)) tab('data');
  mode('rep');
  const cell = focusCell(field);
  if (cell) showSource(cell);
}
function focusCell(/** @type {string} */ field) {
  const cell = $$('.cell', panel).find(one => one.dataset.id === field);
  if (!cell) return null;
  cell.closest('details').open = true;
  cell.scrollIntoView({ block: 'center', inline: 'nearest' });
  for (const one of $$('.cell[tabindex="0"]', panel)) one.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus({ preventScroll: true });
  return cell;
}
/** @param {string} field @param {string} [to] */
function correctCell(field, to) {
  closeSource();
  const cell = found.report.cells[field];
  if (cell) correct(desk, field, { label: say(cell.label), from: cell.text, to });
}

function closeSource() { prov?.remove(); prov = null; light(null); review.classList.add('bare'); }
/** On a wide screen the source of the finding that is looked at stands beside the report from the start. */
function sourceBeside() {
  if (innerWidth < 1600 || prov || open !== 'data') return;
  const one = found.report.findings.find((/** @type {any} */ finding) => finding.id === current);
  const field = one && (one.culprits[0]?.field || one.fields[0]);
  const cell = field && $$('.cell', panel).find(cell => cell.dataset.id === field);
  if (cell) showSource(cell);
}
/** Shows where a cell comes from. @param {any} cell */
function showSource(cell) {
  closeSource();
  light(cell);
  for (const one of $$('.cell[tabindex="0"]', panel)) one.tabIndex = -1;
  cell.tabIndex = 0;
  const id = cell.dataset.id, report = found.report, value = report.cells[id], mark = marks(report)[id];
  const about = mark?.id ? report.findings.find((/** @type {any} */ one) => one.id === mark.id) : null;
  const single = about && !about.accepted && about.culprits.length === 1 && about.culprits[0].to !== null && about.culprits[0].field === id ? about.culprits[0] : null;
  const rules = report.rules.flatMap((/** @type {any} */ rule) => rule.instances.filter((/** @type {any} */ one) => one.fields.includes(id) && one.verdict !== 'skipped').map((/** @type {any} */ one) => equation(one.verdict === 'holds' ? true : one.verdict === 'fails' ? false : null, ruleText(one, rule.text))));
  const ex = h('div.ex', { tabindex: 0, role: 'region', 'aria-label': L('原文件该处', 'the file there'), hidden: true });
  const level = about ? (about.accepted ? ['accepted', L('已接受', 'Accepted'), 'stamp'] : [LEVELS[about.severity][2], LEVELS[about.severity][0], LEVELS[about.severity][1]]) : null;
  const place = value.place ? L('原文件：', 'In the file: ') + say(value.place) : L('原文件里没有找到这一格', 'The file has no such cell');
  const written = value.raw !== undefined ? L(`，写作“${value.raw.trim()}”`, `, written "${value.raw.trim()}"`) : '';
  const by = value.corrected;
  prov = h('aside.prov', { 'aria-label': L('这一格的出处', 'Where this comes from') }, h('div.hd', h('h3', say(value.label)), h('button.btn.ghost.ic.sm', { type: 'button', 'aria-label': L('关闭', 'Close'), onclick: () => { closeSource(); cell.focus(); } }, icon('x'))), h('div.bd',
    level && h('p', status(level[0], level[1], level[2]), ' ', say(about.message)),
    by && h('p.src', status('fixed', L('已更正', 'Corrected'), 'pencil'), ' ', L(`${by.from.trim() || '空白'} → ${value.text || '空白'}，${by.by}，${when(by.at)}。依据：${by.reason || ''}`, `${by.from.trim() || 'blank'} → ${value.text || 'blank'}, ${by.by}, ${when(by.at)}: ${by.reason || ''}`)),
    ex, h('p.src', place, written), value.deduced && h('p.src', L('原文件没有分开写，按勾稽关系确定。', 'Not delimited in the file; decided by the rules.')), value.before !== undefined && h('p.src', L('上年：', 'Last year: ') + value.before),
    rules.length ? h('ul.eq', rules.slice(0, 8)) : null,
    h('div.row', single && h('button.btn.sm.pri', { type: 'button', onclick: () => correctCell(id, single.to) }, L('改为 ', 'Correct to ') + single.to), h('button.btn.sm', { type: 'button', onclick: () => correctCell(id) }, icon('pencil', 's'), L('更正…', 'Correct …')), h('button.btn.sm.ghost', { type: 'button', onclick: () => tab('source') }, icon('file', 's'), L('看原文件', 'See the file')))));
  const own = prov;
  if (value.place) get(`/api/reports/${found.id}/source?field=${encodeURIComponent(id)}`).then(read => {
    if (prov !== own || !read.near) return;
    ex.hidden = false;
    ex.replaceChildren(read.near.table ? excerpt(read.near.table) : h('div.small', { class: 'exp' }, read.near.paragraphs.map((/** @type {any} */ one) => h('p', one.marked ? h('mark', one.text) : one.text))));
    const marked = $('.m', ex);
    if (marked) ex.scrollLeft = marked.offsetLeft - 120;
    settle(cell);
  }).catch(() => {});
  review.classList.remove('bare');
  if (innerWidth >= 1600) review.append(prov); else document.body.append(prov);
  settle(cell);
}
/** Puts the box beside its cell. @param {any} cell */
function settle(cell) {
  if (!prov || innerWidth >= 1600) return;
  if (innerWidth < 768) { cell.scrollIntoView({ block: 'center', inline: 'nearest' }); return; }
  const at = cell.getBoundingClientRect(), width = prov.offsetWidth, height = prov.offsetHeight;
  prov.style.left = Math.max(12, Math.min(at.right - width, innerWidth - width - 20)) + 'px';
  prov.style.top = (at.bottom + height + 16 > innerHeight && at.top > height + 70 ? at.top - height - 8 : at.bottom + 8) + scrollY + 'px';
}

function failed() {
  const { message, code } = found.report.failed;
  const again = async () => { try { await post(`/api/files/${found.file.id}/again`, {}); location.reload(); } catch (error) { tell(error); } };
  const remove = () => reasonDialog(L('删除这个文件', 'Take the file out'), [L('不是年报', 'Not a report'), L('误传', 'Sent by mistake')], [], L('删除', 'Take out'), async reason => { try { await post(`/api/files/${found.file.id}/delete`, { reason, revision: found.revision }); location.href = '/'; } catch (error) { tell(error); } });
  const fact = (/** @type {string} */ name, /** @type {string} */ value) => [h('dt.muted.small', name), h('dd', value)];
  return h('section.card.failed', { 'aria-label': L('未能读取的原因', 'Why it could not be read') }, h('div.bd', h('div.note.bad', icon('filex'), h('div', h('strong', say(message)))), h('div', h('h2', L('怎么办', 'What to do')), h('ol.do', h('li', h('b', L('向单位要 Word 或 Excel 原件。', 'Ask the agency for the Word or Excel file.')), L('下载一份通知发过去。', 'Download a letter.')), h('li', h('b', L('收到后直接拖进收件页，', 'Drop it into the inbox; ')), L('会成为新的一次报送。', 'it becomes a new version.')), h('li', h('b', L('要不到能读的文件，就照原件录入。', 'If there is none, type it in.')), L('扫描件、纸质件都可以。', 'From a scan or from paper.')), h('li', h('b', L('不是年报，就删除。', 'If it is no report, take it out.'))))), h('div.row', h('a.btn.pri', { href: `/api/reports/${found.id}/output/letter`, download: '' }, icon('mail'), L('下载通知', 'Letter')), h('button.btn', { type: 'button', onclick: () => begin(found, list) }, icon('pencil'), L('照原件录入', 'Type it in')), h('button.btn', { type: 'button', onclick: again }, icon('history'), L('再读一次', 'Read again')), h('button.btn.danger', { type: 'button', onclick: remove }, icon('x'), L('删除', 'Take out'))), h('dl.keys.facts', fact(L('文件', 'File'), found.file.name), fact(L('收到', 'Received'), when(found.file.at)), fact(L('代码', 'Code'), code))));
}

/** @param {KeyboardEvent} event */
function keys(event) {
  const active = /** @type {any} */ (document.activeElement);
  if (event.key === 'Escape' && prov) { const cell = $('.cell.on'); closeSource(); cell?.focus(); return; }
  if (typing(event)) return;
  if (active?.classList?.contains('cell') && event.key.startsWith('Arrow')) {
    event.preventDefault();
    const next = beside(active, event.key);
    if (next) { active.tabIndex = -1; next.tabIndex = 0; next.focus(); if (prov) showSource(next); }
    return;
  }
  const { rows, at } = neighbours();
  const go = (/** @type {any} */ row) => { if (row) location.href = '/report?id=' + row.id; };
  if (event.key === 'u') { location.href = '/'; return; }
  if (event.key === '[') return go(rows[at - 1]);
  if (event.key === ']') return go(rows[at + 1]);
  if (event.key === 'r') { event.preventDefault(); sendBack(desk); return; }
  if (found.report.failed) return;
  const shown = visible(), k = shown.findIndex((/** @type {any} */ one) => one.id === current), one = shown[k];
  if (event.key === 'j' || event.key === 'k') {
    const next = shown[Math.max(0, Math.min(shown.length - 1, k + (event.key === 'j' ? 1 : -1)))];
    if (next) { choose(next.id, false); $('#f-' + CSS.escape(next.id))?.scrollIntoView({ block: 'nearest' }); }
  } else if (event.key === 'Enter' && active === document.body && one) choose(one.id, true);
  else if (event.key === 'e') {
    event.preventDefault();
    if (active?.dataset?.id) correctCell(active.dataset.id);
    else if (one) { const single = one.culprits.length === 1 ? one.culprits[0] : null; const field = single?.field || one.fields[0]; if (field) correctCell(field, single?.to ?? undefined); }
  } else if (event.key === 'a' && one) { event.preventDefault(); accept(desk, one); }
}
