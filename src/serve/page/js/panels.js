// @ts-check
// The parts of the review screen beside the tables: text, last year, versions, the sent file.
import { L, h, n, say, status, when } from './ui.js';
import { icon } from './icons.js';
import { get } from './api.js';
import { compare } from './tables.js';

/** The text, paragraph by paragraph. @param {any} found @param {(field: string, text: string, label: string) => void} change */
export function text(found, change) {
  const report = found.report;
  const said = report.findings.filter((/** @type {any} */ one) => !one.fields.length && !one.accepted && one.severity !== 'info');
  const notes = said.slice(0, 6).map((/** @type {any} */ one) => h('div.note.' + (one.severity === 'error' ? 'bad' : 'warn'), { class: 'inset' }, icon(one.severity === 'error' ? 'alert' : 'warn'), h('div', say(one.message))));
  let number = 0;
  const piece = (/** @type {any} */ section, /** @type {any} */ one) => {
    if (one.table) return h('p.muted.small', L('（此处是规定的表，见“数据”）', '(the form\'s table is here)'));
    if (one.extra) return h('div.ex', { tabindex: 0, role: 'region', 'aria-label': L(`正文中的第${++number}张表`, `table ${number} of the text`) }, h('table', h('tbody', one.extra.map((/** @type {any[]} */ row) => h('tr', row.map(cell => h('td', { rowspan: cell.rows > 1 ? cell.rows : null, colspan: cell.columns > 1 ? cell.columns : null }, cell.text)))))));
    if ('picture' in one) return h('p.muted.small', L('（图片）', '(a picture)'));
    const field = `${section.id}.${one.paragraph}`;
    const button = section.id ? h('button.btn.sm', { type: 'button', 'aria-label': L('改这一段，', 'change: ') + one.text.slice(0, 12), onclick: () => change(field, one.text, section.heading || '') }, icon('pencil', 's'), L('改这一段', 'Change')) : null;
    return h('div.para', one.level ? h('p', h('b', one.text)) : h('p', one.text), button);
  };
  const part = (/** @type {any} */ section) => [h('h2', section.heading || (section.id ? L('（开头）', '(beginning)') : L('不属于任何部分的文字', 'Text of no part')), ' ', section.most ? h('span.muted.small', L(`${n(length(section))} 字`, `${n(length(section))} characters`)) : null), section.content.map((/** @type {any} */ one) => piece(section, one))];
  return [...notes, h('div.prose', report.sections.map(part))];
}
const length = (/** @type {any} */ section) => section.content.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + (one.text || '').replace(/\s/g, '').length, 0);

/** The rows that are compared: the last figure of every row, and all of short tables. @param {any} report */
function compared(report) {
  /** @type {string[]} */ const fields = [];
  for (const table of report.tables) for (const row of table.rows) {
    const own = row.filter((/** @type {any} */ cell) => cell.kind === 'field');
    const labelled = row.some((/** @type {any} */ cell) => cell.kind === 'row' && cell.text);
    fields.push(...(labelled ? own.slice(-1) : own).map((/** @type {any} */ cell) => cell.text));
  }
  return fields;
}

/** Beside last year's. @param {any} found */
export function year(found) {
  const report = found.report;
  const uncertain = report.findings.find((/** @type {any} */ one) => one.code === 'previous-uncertain');
  if (uncertain) return [h('div.note.warn', { class: 'inset' }, icon('warn'), h('div', say(uncertain.message)))];
  if (!report.previous) return [h('p.muted.inset', L('没有这个单位上年的报告。', 'There is no report of last year.'), ' ', h('a', { href: '/settings#previous' }, L('放进上年', 'Add last year\'s')))];
  const line = (/** @type {string} */ field) => {
    const cell = report.cells[field], now = cell.text === '' ? null : Number(cell.text), before = cell.before === undefined ? null : Number(cell.before);
    if (now === null && before === null) return null;
    const difference = now !== null && before !== null && !Number.isNaN(now) ? now - before : null;
    const share = difference !== null && before ? difference / before * 100 : null;
    const big = share !== null && difference !== null && Math.abs(share) > 100 && Math.abs(difference) > 10;
    const sign = (/** @type {number} */ value, digits = 0) => (value > 0 ? '+' : value < 0 ? '−' : '') + Math.abs(value).toFixed(digits).replace(/\.0+$/, '');
    return h('tr', h('th', { scope: 'row' }, say(cell.label), big && [' ', h('span.tag.warn', L('变动大', 'big change'))]), h('td.num', cell.text || '—'), h('td.num', cell.before ?? '—'), h('td.num', difference === null ? '—' : sign(difference, Number.isInteger(difference) ? 0 : 2)), h('td.num', { class: big ? 'big-change' : '' }, share === null ? '—' : sign(share, 1) + '%'));
  };
  const head = [L('项目', 'Figure'), L(`${report.year}年`, String(report.year)), L(`${report.year - 1}年`, String(report.year - 1)), L('增减', 'Change'), L('增减比例', 'Share')];
  const heads = () => h('tr', head.map((one, at) => h('th' + (at ? '.num' : ''), { scope: 'col' }, one)));
  return [compare(compared(report).map(line), L('与上年对照', 'Beside last year'), heads), h('p.small.muted.inset', L('本年的数按更正后计。变动超过一倍且多于 10 的标出。', 'This year\'s figures are as corrected.'))];
}

/** Two versions beside each other. @param {any} found @param {any} container @param {(id: string) => void} use */
export async function versions(found, container, use) {
  const all = found.row?.versions || [];
  const own = all.findIndex((/** @type {any} */ one) => one.id === found.id);
  const other = all[own > 0 ? own - 1 : all.length - 1];
  if (!other || all.length < 2) { container.replaceChildren(h('p.muted.inset', L('只报送过一次。', 'It was sent once.'))); return; }
  const draw = async (/** @type {string} */ id) => {
    const before = id === found.id ? found : await get('/api/reports/' + id);
    const name = (/** @type {any} */ one, /** @type {number} */ at) => h('option', { value: one.id, selected: one.id === id }, L(`第 ${at + 1} 次，${when(one.at)}`, `version ${at + 1}, ${when(one.at)}`));
    const choose = h('select', { 'aria-label': L('从哪一次', 'from'), onchange: (/** @type {any} */ event) => draw(event.target.value) }, all.filter((/** @type {any} */ one) => one.id !== found.id).map((/** @type {any} */ one) => name(one, all.indexOf(one))));
    const counts = all[own]?.counts;
    container.replaceChildren(h('div.row.inset', h('label.row', L('从', 'From'), choose), icon('arrow'), h('span', L(`第 ${own + 1} 次，${when(found.file.at)}`, `version ${own + 1}, ${when(found.file.at)}`), counts ? L('（现用）', ' (counts)') : ''), h('span.grow'), h('a.btn.sm', { href: '/report?id=' + id }, L('打开那一次', 'Open it')), counts ? h('button.btn.sm', { type: 'button', onclick: () => use(id) }, icon('history', 's'), L('改用那一次', 'Use it')) : h('button.btn.sm.pri', { type: 'button', onclick: () => use(found.id) }, L('改用这一次', 'Use this one'))), differences(before, found));
  };
  await draw(other.id);
}

/** @param {any} before @param {any} after */
function differences(before, after) {
  if (before.report.failed || after.report.failed) return h('p.muted.inset', L('有一次没有读出来，不能比。', 'One of them could not be read.'));
  const rows = [];
  let same = 0;
  const one = before.report.cells, other = after.report.cells;
  for (const field of Object.keys(other)) {
    const [was, is] = [one[field]?.text ?? '', other[field].text];
    if (was === is) { same++; continue; }
    const bad = (/** @type {any} */ found) => found.report.findings.some((/** @type {any} */ finding) => !finding.accepted && finding.severity === 'error' && (finding.culprits.some((/** @type {any} */ culprit) => culprit.field === field) || finding.fields.includes(field)));
    const result = bad(after) ? (bad(before) ? status('bad', L('仍有错误', 'still wrong'), 'alert') : status('bad', L('新出现的错误', 'a new error'), 'alert')) : bad(before) ? status('clean', L('解决了错误', 'mended'), 'check') : '';
    rows.push(h('tr', h('th', { scope: 'row' }, say(other[field].label)), h('td.num', h('del', was || L('空白', 'blank'))), h('td.num', h('ins', is || L('空白', 'blank'))), h('td', result)));
  }
  const paragraphs = (/** @type {any} */ found, /** @type {string} */ id) => (found.report.sections.find((/** @type {any} */ section) => section.id === id)?.content || []).map((/** @type {any} */ piece) => piece.text).filter(Boolean);
  for (const section of after.report.sections) {
    const was = paragraphs(before, section.id), is = paragraphs(after, section.id);
    for (const text of was.filter((/** @type {string} */ text) => !is.includes(text))) rows.push(h('tr', h('th', { scope: 'row' }, section.heading || L('（开头）', '(beginning)')), h('td', { colspan: 3 }, h('del', text.slice(0, 300)))));
    for (const text of is.filter((/** @type {string} */ text) => !was.includes(text))) rows.push(h('tr', h('th', { scope: 'row' }, section.heading || L('（开头）', '(beginning)')), h('td', { colspan: 3 }, h('ins', text.slice(0, 300)))));
  }
  const head = h('thead', h('tr', h('th', { scope: 'col' }, L('位置', 'Place')), h('th.num', { scope: 'col' }, L('那一次', 'Then')), h('th.num', { scope: 'col' }, L('这一次', 'Now')), h('th', { scope: 'col' }, L('结果', 'Result'))));
  const table = rows.length ? h('div.xscroll', { tabindex: 0, role: 'region', 'aria-label': L('两次报送的不同', 'Differences') }, h('table.cmp', h('caption.vh', L('两次报送的不同', 'Differences')), head, h('tbody', rows))) : h('p.inset', L('数字和文字都一样。', 'Figures and text are the same.'));
  return h('div', table, h('p.small.muted.inset', L(`其余 ${same} 格相同。`, `The other ${same} figures are the same.`)));
}

/** Rows of the sent file. @param {any[]} rows */
export function excerpt(rows) {
  return h('table', h('tbody', rows.map(row => h('tr', row.map((/** @type {any} */ cell) => h(cell.marked ? 'td.m' : 'td', { rowspan: cell.rows > 1 ? cell.rows : null, colspan: cell.columns > 1 ? cell.columns : null }, cell.text))))));
}

/** The sent file as it was read. @param {any} found @param {any} container */
export async function source(found, container) {
  container.replaceChildren(h('p.muted.inset', { role: 'status' }, L('正在读原文件……', 'Reading the file …')));
  const read = await get(`/api/reports/${found.id}/source`);
  let number = 0;
  const block = (/** @type {any} */ one) => {
    if (one.table) return h('div.ex', { tabindex: 0, role: 'region', 'aria-label': L(`原文件第${++number}张表`, `table ${number} of the file`) }, excerpt(one.table));
    if ('picture' in one) return h('p.muted.small', L('（图片）', '(a picture)'));
    return one.level ? h('p', h('b', one.text)) : h('p', one.text);
  };
  container.replaceChildren(h('div.note', { class: 'inset' }, icon('info'), h('div', L('这是从原文件读出的文字和表，照原样，不改。', 'Text and tables as they were read from the file.'), ' ', h('span.small.muted', `${found.file.name}，SHA-256 ${found.file.sha256.slice(0, 16)}…`), ' ', h('a', { href: `/api/reports/${found.id}/output/original`, download: '' }, L('下载原文件', 'Download it')))), h('div.prose', read.blocks.map(block), read.more ? h('p.muted', L(`后面还有 ${read.more} 段，请打开原文件看。`, `${read.more} more; open the file itself.`)) : null));
}
