// @ts-check
// The form's tables as prescribed, a button a cell, marked by what is to be said of it.
import { $, $$, L, h, say, status } from './ui.js';
import { icon } from './icons.js';

/** Whether a figure was changed by hand after it was there. @param {any} report @param {any} cell */
const corrected = (report, cell) => cell.corrected && !(report.typed && !cell.corrected.from.trim());

/** What is to be said of each field: its class and the finding. @param {any} report @returns {Record<string, { cls: string, id: string }>} */
export function marks(report) {
  /** @type {Record<string, { cls: string, id: string }>} */ const marks = {};
  const put = (/** @type {string} */ field, /** @type {string} */ cls, /** @type {string} */ id) => { if (!marks[field]) marks[field] = { cls, id }; };
  for (const [field, cell] of Object.entries(report.cells)) if (corrected(report, cell)) put(field, 'fixed', '');
  for (const finding of report.findings) {
    if (finding.severity === 'info') continue;
    const sure = finding.culprits.length === 1;
    for (const culprit of finding.culprits) put(culprit.field, finding.accepted ? 'acc' : finding.severity === 'error' && sure ? 'bad' : 'amb', finding.id);
    if (sure) continue;
    for (const field of finding.fields.slice(0, 12)) put(field, finding.accepted ? 'acc' : finding.severity === 'error' && finding.fields.length === 1 ? 'bad' : 'amb', finding.id);
  }
  return marks;
}

/** All tables. @param {any} report @param {(cell: any) => void} open */
export function tables(report, open) {
  const found = marks(report);
  const shown = sheets(report, (cell, span) => shownCell(cell, span, report, found, open));
  const any = Object.keys(found).length > 0;
  const legend = any ? h('div.legend', { class: 'mt' }, h('span', h('i.bad'), L('错，能确定是这一格', 'wrong')), h('span', h('i.amb'), L('错在其中某一格，或请核对', 'one of these, or please check')), h('span', h('i.fixed'), L('已更正', 'corrected')), h('span', h('i.acc'), L('已接受', 'accepted')), h('span.hide-s', L('点一格看出处、改数；方向键走格', 'Click a cell; arrows move')))
    : h('p.small.muted.inset', L('点一格看出处、改数；方向键走格。', 'Click a cell for its source; arrows move.'));
  return [legend, ...shown];
}

/** The tables with something in each place of a figure. @param {any} report @param {(cell: any, span: any) => any} field @returns {any[]} */
export const sheets = (report, field) => report.tables.map((/** @type {any} */ table) => sheet(table, report, field));

/** @param {any} table @param {any} report @param {(cell: any, span: any) => any} field */
function sheet(table, report, field) {
  const own = table.rows.flat().filter((/** @type {any} */ cell) => cell.kind === 'field').map((/** @type {any} */ cell) => cell.text);
  const of = (/** @type {string} */ level) => report.findings.filter((/** @type {any} */ one) => one.severity === level && !one.accepted && one.fields.some((/** @type {string} */ field) => own.includes(field))).length;
  const errors = of('error'), warnings = of('warning');
  const state = errors ? status('bad', L('错误 ', 'Errors ') + errors, 'alert') : warnings ? status('warn', L('提示 ', 'Warnings ') + warnings, 'warn') : status('clean', L('没有问题', 'Nothing wrong'), 'check');
  const title = table.section ? `${table.section}（${say(table.name)}）` : say(table.name);
  return h('details.sheet', { open: true, 'data-table': table.id }, h('summary', icon('right', 's chev'), h('h2', title), state), h('div.scroll', { tabindex: 0, role: 'region', 'aria-label': say(table.name) }, grid(table, field)));
}

/** @param {any} table @param {(cell: any, span: any) => any} field */
function grid(table, field) {
  const line = (/** @type {any[]} */ cells, /** @type {number} */ at) => h('tr', cells.map(cell => one(cell, at)));
  const one = (/** @type {any} */ cell, /** @type {number} */ at) => {
    const span = { rowspan: cell.rows > 1 ? cell.rows : null, colspan: cell.columns > 1 ? cell.columns : null };
    if (cell.kind === 'field') return field(cell, span);
    if (cell.kind === 'caption') return h('th.mid', { ...span, scope: 'colgroup' }, cell.text);
    if (cell.kind === 'corner') return h(cell.text ? 'th.corner' : 'td.corner', { ...span, scope: cell.text ? 'col' : null }, cell.text);
    if (cell.kind === 'column') return h(table.labels ? 'th.mid' : 'th.mid.nar', { ...span, scope: cell.columns > 1 && cell.rows === 1 ? 'colgroup' : 'col', 'data-c': cell.column }, cell.text);
    const upright = cell.rows > 4 && cell.column === 0 && cell.columns === 1;
    const group = cell.rows > 1 && !upright;
    const cls = upright ? 'l1' : group ? 'l2' : 'l3';
    if (!cell.text) return h('td.' + cls, span);
    return h('th.' + cls, { ...span, scope: cell.rows > 1 ? 'rowgroup' : 'row', 'data-r': cell.rows === 1 ? at : null }, h('span', cell.text));
  };
  const head = table.head || 0;
  return h(table.labels ? 'table.form' : 'table.form.t4', { 'data-labels': table.labels }, h('caption.vh', say(table.name)), head ? h('thead', table.rows.slice(0, head).map(line)) : null, h('tbody', table.rows.slice(head).map((/** @type {any[]} */ cells, /** @type {number} */ at) => line(cells, at + head))));
}

/** A figure that opens. @param {any} cell @param {any} span @param {any} report @param {Record<string, { cls: string, id: string }>} found @param {(cell: any) => void} open */
function shownCell(cell, span, report, found, open) {
  const value = report.cells[cell.text] || { text: '', kind: 'absent', label: {} }, mark = found[cell.text];
  const text = value.text === '' && value.kind === 'absent' ? '' : value.text;
  const cls = (mark ? '.' + mark.cls : '') + (text === '0' ? '.z' : '') + (text === '' ? '.blank' : '');
  const old = corrected(report, value) ? value.corrected.from.trim() || L('空白', 'blank') : '';
  const source = value.place ? L('原文件：', 'In the file: ') + say(value.place) : null;
  const button = h('button.cell' + cls, { type: 'button', tabindex: -1, title: source, 'data-id': cell.text, 'data-y': cell.row, 'data-x': cell.column, 'aria-label': text === '' ? L('空白', 'blank') : null, 'aria-describedby': mark?.id ? 'f-' + mark.id : null, onclick: (/** @type {any} */ event) => open(event.currentTarget) }, old && h('s', old), old && h('span.vh', L('改为', 'corrected to')), text);
  return h('td', span, button);
}

/** Lights a cell with the heads of its row and column. @param {any} cell */
export function light(cell) {
  for (const head of $$('.form th.hot')) head.classList.remove('hot');
  for (const one of $$('.cell.on')) one.classList.remove('on');
  if (!cell) return;
  cell.classList.add('on');
  const table = cell.closest('table');
  for (const head of $$(`th[data-c="${cell.dataset.x}"]`, table)) head.classList.add('hot');
  $(`th[data-r="${cell.dataset.y}"]`, table)?.classList.add('hot');
}

/** The cell beside one. @param {any} cell @param {string} key @returns {any} */
export function beside(cell, key) {
  const dx = /** @type {any} */ ({ ArrowLeft: -1, ArrowRight: 1 })[key] || 0, dy = /** @type {any} */ ({ ArrowUp: -1, ArrowDown: 1 })[key] || 0;
  const cells = $$('.cell', cell.closest('table'));
  const x = Number(cell.dataset.x), y = Number(cell.dataset.y);
  const ahead = cells.filter(one => (dx ? Number(one.dataset.y) === y && (Number(one.dataset.x) - x) * dx > 0 : (Number(one.dataset.y) - y) * dy > 0));
  const distance = (/** @type {any} */ one) => Math.abs(Number(one.dataset.y) - y) * 1000 + Math.abs(Number(one.dataset.x) - x);
  return ahead.sort((one, other) => distance(one) - distance(other))[0];
}

/** A long table of short rows: on a wide screen in two halves beside each other, so that figures stand near their names.
 * @param {any[]} rows @param {string} name @param {any} head @returns {any} */
export function compare(rows, name, head) {
  const own = rows.filter(Boolean);
  const part = (/** @type {any[]} */ some, /** @type {string} */ label) => h('div.xscroll', { tabindex: 0, role: 'region', 'aria-label': label }, h('table.cmp', h('caption.vh', label), h('thead', head()), h('tbody', some)));
  if (innerWidth < 1600 || own.length < 16) return part(own, name);
  const half = Math.ceil(own.length / 2);
  return h('div.halves', part(own.slice(0, half), name + L('（一）', ' (1)')), part(own.slice(half), name + L('（二）', ' (2)')));
}
