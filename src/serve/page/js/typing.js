// @ts-check
// 录入: the report of a file that cannot be read is typed in from it, into the form as prescribed.
import { $, $$, L, cancel, dialog, h, reasonField, say, toast } from './ui.js';
import { icon } from './icons.js';
import { Fault, post } from './api.js';
import { beside, sheets } from './tables.js';

const QUICK = [L('照扫描件录入', 'From the scanned file'), L('照纸质原件录入', 'From the paper'), L('单位电话报数', 'By telephone')];

/** Asks for form, agency and year, and begins. @param {any} found @param {any} list */
export function begin(found, list) {
  const forms = (list.forms || []).map((/** @type {any} */ form) => h('option', { value: form.id, selected: form.id === (list.form || usual(list)) }, say(form.name)));
  const form = h('select', { id: 'type-form' }, forms);
  const names = list.rows.map((/** @type {any} */ row) => row.agency).filter(Boolean);
  const agency = h('input', { type: 'text', id: 'type-agency', list: 'type-agencies', autocomplete: 'off', value: found.report.failed.agency || '' });
  const year = h('input', { type: 'text', id: 'type-year', inputmode: 'numeric', autocomplete: 'off', value: list.year || '' });
  const error = h('span.err', { hidden: true, role: 'alert' });
  const reason = reasonField(QUICK, L('依据', 'Reason'));
  const go = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = reason.value();
    if (!text) return;
    try {
      /** @type {Record<string, string>} */ const values = { year: year.value.trim() };
      if (agency.value.trim()) values.agency = agency.value.trim();
      await post(`/api/reports/${found.id}/type`, { form: form.value, values, reason: text, revision: found.revision });
      location.href = `/report?id=${found.id}&tab=type`;
    } catch (wrong) {
      error.hidden = false;
      error.textContent = /** @type {Error} */ (wrong).message;
    }
  };
  const field = (/** @type {any} */ input, /** @type {string} */ label) => h('div.field', h('label', { for: input.id }, label), input);
  dialog(L('照原件录入', 'Type it in'), [h('p.muted', L('打开一张空白表，由您照原件逐格填写。原文件不改；每一格都记下是谁填的、依据什么，可以撤销。', 'An empty form opens for you to fill in. The file is not changed; the log keeps who typed what, and it can be undone.')), field(form, L('表式', 'Form')), field(agency, L('单位名称', 'Agency')), h('datalist', { id: 'type-agencies' }, names.map((/** @type {string} */ name) => h('option', { value: name }))), field(year, L('年度', 'Year')), reason.box, error], [cancel(), h('button.btn.pri', { type: 'submit', onclick: go }, L('开始录入', 'Begin'))]);
}
/** The form of most reports. @param {any} list */
function usual(list) {
  /** @type {Record<string, number>} */ const many = {};
  for (const row of list.rows) if (row.form) many[row.form] = (many[row.form] || 0) + 1;
  return Object.entries(many).sort((one, other) => other[1] - one[1])[0]?.[0];
}

/** What was typed and is not saved yet, by field. @type {Record<string, string>} */
let typed = {};
export const unsaved = () => Object.keys(typed).length > 0;
addEventListener('beforeunload', event => { if (unsaved()) event.preventDefault(); });

/** The tables with a box in each place. @param {any} found @param {(answer: any) => void} saved @returns {any[]} */
export function typeIn(found, saved) {
  typed = {};
  const report = found.report;
  const left = h('span.grow', { role: 'status' }), error = h('p.err', { hidden: true, role: 'alert' });
  const last = found.corrections.filter((/** @type {any} */ one) => one.reason).pop();
  const why = h('input', { type: 'text', id: 'type-reason', list: 'type-reasons', autocomplete: 'off', value: last?.reason || QUICK[0] });
  const save = h('button.btn.pri', { type: 'button', onclick: () => keep() }, icon('check', 's'), L('保存并核对', 'Save and check'));
  const count = () => {
    const many = Object.keys(typed).length, blank = boxes().filter(one => !one.value.trim()).length;
    left.textContent = many ? L(`填了 ${many} 格，还没有保存`, `${many} not saved yet`) : L(`还有 ${blank} 格空着`, `${blank} are blank`);
    save.disabled = !many;
  };
  const keep = async () => {
    error.hidden = true;
    try {
      const answer = await post(`/api/reports/${found.id}/type`, { values: typed, reason: why.value, revision: found.revision });
      typed = {};
      saved(answer.report);
      toast(L('已保存，重新核对过。', 'Saved and checked.'));
    } catch (wrong) {
      const fields = wrong instanceof Fault ? wrong.body?.fields || [] : [];
      for (const one of boxes()) one.setAttribute('aria-invalid', String(fields.includes(one.dataset.id)));
      boxes().find(one => fields.includes(one.dataset.id))?.focus();
      error.hidden = false;
      error.textContent = /** @type {Error} */ (wrong).message;
    }
  };
  const put = (/** @type {any} */ cell, /** @type {any} */ span) => box(cell, span, report, count);
  const open = report.typing ? { ...report, tables: report.typing.tables } : report;
  const shown = sheets(open, put);
  if (report.typing) shown.forEach((one, at) => rowsToAdd(one, open.tables[at], put, count));
  const boxes = () => shown.flatMap(one => $$('input.cell', one));
  const bar = h('div.savebar', { class: 'typebar' }, error, left, h('label.small', { for: 'type-reason' }, L('依据', 'Reason')), why, h('datalist', { id: 'type-reasons' }, QUICK.map(text => h('option', { value: text }))), save);
  count();
  return [h('p.small.muted.inset', L('照原件逐格填；原件写 0 的填 0，空着的留空。回车和上下键换格。可以先保存一部分。', 'Type what the file says: 0 where it says 0, nothing where it is blank. Enter and arrows move. Parts can be saved.'), ' ', h('a', { href: `/api/reports/${found.id}/output/original`, download: '' }, L('下载原文件', 'The sent file'))), ...shown, bar];
}

/** Below a table whose rows are data: one more row to be filled in, above the row with the sums.
 * @param {any} sheet @param {any} table @param {(cell: any, span: any) => any} put @param {() => void} count */
function rowsToAdd(sheet, table, put, count) {
  const added = (/** @type {any[]} */ row) => row.some(cell => cell.kind === 'field' && cell.text.includes('.+1.'));
  const pattern = table.rows.find(added);
  if (!pattern) return;
  let number = 1;
  const lines = () => $$('tbody tr', sheet);
  // The rows are counted where the form counts them.
  const renumber = () => { let at = 0; for (const one of lines()) if (/^\d+$/.test(one.cells[0].textContent)) one.cells[0].firstChild.textContent = String(++at); };
  // The row with the sums says what it is.
  const sums = $('input.cell', lines().pop());
  if (sums && !sums.dataset.id.includes('.+')) sums.placeholder = (sums.getAttribute('aria-label').match(/“([^”]+)”，|"([^"]+)",/) || []).slice(1).find(Boolean) || '';
  const add = () => {
    number++;
    const own = (/** @type {any} */ cell) => ({ ...cell, text: cell.text.replace('.+1.', `.+${number}.`), row: cell.row + (number - 1) / 1000 });
    const line = h('tr', pattern.map((/** @type {any} */ cell) => (cell.kind === 'field' ? put(own(cell), {}) : h('th.l3', { scope: 'row', colspan: cell.columns > 1 ? cell.columns : null }, h('span', cell.text)))));
    const last = $$('tr', sheet).filter(one => $('input.cell[data-id*=".+"]', one)).pop();
    last?.after(line);
    renumber();
    $('input.cell', line)?.focus();
    count();
  };
  sheet.append(h('div.row.inset', h('button.btn.sm', { type: 'button', onclick: add }, icon('plus', 's'), L('加一行', 'Add a row')), h('span.small.muted', L('先填名称或编码；整行清空就是删掉这一行。', 'Name or code first; a row that is emptied is gone.'))));
}

/** @param {any} cell @param {any} span @param {any} report @param {() => void} count */
function box(cell, span, report, count) {
  const about = report.typing?.fields[cell.text.replace(/\.\+\d+\./, '.+1.')];
  const value = report.cells[cell.text] || { text: '', label: about?.label || {} };
  const words = about?.words || ['text', 'choice', 'date', 'code'].includes(value.kind);
  const input = h('input.cell', { type: 'text', inputmode: words ? 'text' : 'decimal', autocomplete: 'off', value: value.text, 'aria-label': say(value.label), title: say(value.label), 'data-id': cell.text, 'data-y': cell.row, 'data-x': cell.column });
  input.addEventListener('input', () => {
    if (input.value.trim() === value.text) delete typed[cell.text]; else typed[cell.text] = input.value;
    input.removeAttribute('aria-invalid');
    input.classList.toggle('new', cell.text in typed);
    count();
  });
  input.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    const key = event.key === 'Enter' ? 'ArrowRight' : event.key;
    if (key !== 'ArrowUp' && key !== 'ArrowDown' && event.key !== 'Enter') return;
    event.preventDefault();
    const all = $$('input.cell', input.closest('table'));
    const next = event.key === 'Enter' ? all[all.indexOf(input) + 1] || $('input.cell', input.closest('details').nextElementSibling || document.body) : beside(input, key);
    next?.focus();
    next?.select();
  });
  return h('td', span, input);
}
