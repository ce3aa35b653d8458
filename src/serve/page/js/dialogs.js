// @ts-check
// Correcting, accepting, sending back, and what a second person is told.
import { $, L, cancel, dialog, h, reasonField, say, toast, when } from './ui.js';
import { icon } from './icons.js';
import { Fault, post, tell } from './api.js';

const QUICK = [L('电话核实', 'By telephone'), L('单位补正件', 'Sent by the agency'), L('按各列之和', 'Sum of the columns'), L('与正文一致', 'As the text says')];

/** A rule with its figures: holds or not. @param {boolean | null} holds @param {string} text */
export const equation = (holds, text) => h('li', h('span.st.' + (holds === null ? 'none' : holds ? 'clean' : 'bad'), icon(holds === null ? 'info' : holds ? 'check' : 'x', 's'), h('span.vh', holds === null ? L('不能核对', 'open') : holds ? L('成立', 'holds') : L('不成立', 'does not hold'))), h('span', text));
/** A rule in words. @param {any} instance @param {any} text */
export function ruleText(instance, text) {
  const scope = instance.scope ? `${instance.scope}${L('：', ': ')}` : '';
  if (instance.values) return `${scope}${instance.left || instance.values[0]}${instance.left && instance.left !== instance.values[0] ? ' = ' + instance.values[0] : ''} ≠ ${instance.right || instance.values[1]}${instance.right && instance.right !== instance.values[1] ? ' = ' + instance.values[1] : ''}`;
  if (instance.left && instance.right) return `${scope}${instance.left} = ${instance.right}`;
  return scope + say(text);
}
const holds = (/** @type {any} */ instance) => (instance.verdict === 'holds' ? true : instance.verdict === 'fails' ? false : null);

/** @typedef {{ id: string, found: any, saved: (answer: any, words: string) => void, reload: () => Promise<void> }} Desk */

/** Corrects a figure or a text. @param {Desk} desk @param {string} field @param {{ label: string, from: string, to?: string, why?: string, long?: boolean }} about */
export function correct(desk, field, about) {
  const { label, from } = about;
  const input = about.long ? h('textarea', { id: 'to', rows: 6 }) : h('input', { type: 'text', id: 'to', autocomplete: 'off' });
  input.value = about.to ?? from;
  const reason = reasonField(QUICK, L('依据', 'Reason'), about.why || '');
  const effect = h('ul.effect', { 'aria-live': 'polite', hidden: true });
  const error = h('span.err', { id: 'to-error', hidden: true, role: 'alert' });
  input.setAttribute('aria-describedby', 'to-error');
  let timer = 0, asked = 0;
  const preview = async () => {
    const own = ++asked;
    error.hidden = true;
    if (about.long || input.value.trim() === from.trim()) { effect.hidden = true; return; }
    try {
      const answer = await post(`/api/reports/${desk.id}/preview`, { field, to: input.value });
      if (own !== asked) return;
      const rules = answer.rules.filter((/** @type {any} */ one) => one.instance.verdict !== 'skipped').slice(0, 8);
      const bad = rules.some((/** @type {any} */ one) => one.instance.verdict === 'fails');
      effect.hidden = false;
      effect.className = 'effect' + (bad ? ' no' : '');
      effect.replaceChildren(...rules.map((/** @type {any} */ one) => equation(holds(one.instance), ruleText(one.instance, one.text))), h('li', L(`这样改以后还有 ${answer.errors} 个错误`, `${answer.errors} errors would be left`)));
    } catch (wrong) {
      if (own !== asked) return;
      effect.hidden = true;
      error.hidden = false;
      error.textContent = /** @type {Error} */ (wrong).message;
    }
  };
  input.addEventListener('input', () => { clearTimeout(timer); timer = /** @type {any} */ (setTimeout(preview, 250)); });
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = reason.value();
    if (!text) return;
    try {
      const answer = await post(`/api/reports/${desk.id}/correct`, { field, to: input.value, reason: text, revision: desk.found.revision });
      box.close();
      desk.saved(answer.report, L(`已更正为 ${about.long ? '新的文字' : input.value || '空白'}`, 'Corrected'));
      const left = answer.report.report.findings.filter((/** @type {any} */ one) => one.severity === 'error' && !one.accepted).length;
      toast(L(`已更正，重新核对过：${left ? `还有 ${left} 个错误` : '没有剩下的错误'}`, `Corrected and checked: ${left} errors are left`), [L('撤销', 'Undo'), () => undo(desk, answer.correction)]);
    } catch (wrong) {
      if (wrong instanceof Fault && wrong.status === 409) { box.close(); await conflict(desk, wrong, label, input.value, text, why => correct(desk, field, { ...about, from: desk.found.report.cells?.[field]?.text ?? from, to: input.value, why })); } else {
        error.hidden = false;
        error.textContent = /** @type {Error} */ (wrong).message;
        input.setAttribute('aria-invalid', 'true');
      }
    }
  };
  const fields = about.long ? h('div.field', h('label', { for: 'to' }, L('更正为', 'New text')), input, error)
    : h('div', h('div.fromto', h('div.field', h('span.lab', L('现在', 'Now')), h('div.old', from || L('空白', 'blank'))), icon('arrow'), h('div.field', h('label', { for: 'to' }, L('更正为', 'Correct to')), input)), error);
  const box = dialog(about.long ? L('改这一段', 'Change the paragraph') : L('更正这一格', 'Correct'), [h('p.muted', label), fields, effect, reason.box, h('p.small.muted', L('原文件不改。更正记在“记录”里，随时可以撤销。', 'The sent file is not changed. The log keeps the correction, and it can be undone.'))], [cancel(), h('button.btn.pri', { type: 'submit', onclick: save }, L('保存并重新核对', 'Save and check'))]);
  input.focus();
  if (!about.long) input.select();
  if (about.to !== undefined && about.to !== from) preview();
  return box;
}

/** Tells the second of two what the first did. @param {Desk} desk @param {Fault} fault @param {string} label @param {string} mine @param {string} why @param {(why: string) => void} again */
export async function conflict(desk, fault, label, mine, why, again) {
  const theirs = fault.body?.theirs;
  await desk.reload();
  const rows = [theirs && h('tr', h('th', { scope: 'row' }, L(`${theirs.who}（已保存）`, `${theirs.who} (saved)`)), h('td', theirs.from || L('空白', 'blank'), ' → ', h('ins', theirs.to || L('空白', 'blank'))), h('td', theirs.reason || '')), h('tr', h('th', { scope: 'row' }, L('您（未保存）', 'You (not saved)')), h('td', h('b', mine || L('空白', 'blank'))), h('td', why))];
  const said = theirs ? L(`${theirs.who} ${when(theirs.at)} 先改了这份报告。您的改动没有保存，也没有盖掉别人的。`, `${theirs.who} changed this report first. Yours was not saved, and theirs was not overwritten.`) : fault.message;
  const box = dialog(L('别人先改了', 'Somebody was first'), [h('div.note.warn', icon('warn'), h('div', said)), h('p.muted', label), h('table.cmp', h('tbody', rows))], [cancel(L('用已保存的', 'Keep theirs')), h('button.btn.pri', { type: 'button', onclick: () => { box.close(); again(why); } }, L('看过了，再改一次', 'I have seen it; change again'))]);
}

/** Takes something back, by one more entry. @param {Desk} desk @param {string} entry */
export async function undo(desk, entry) {
  try {
    const answer = await post(`/api/log/${entry}/undo`, { reason: L('在核对页撤销', 'undone on the page') });
    if (answer.report) desk.saved(answer.report, ''); else await desk.reload();
    toast(L('已撤销。记录里添了一条“撤销”，原来的一条仍在。', 'Undone. The log has one entry more.'));
  } catch (wrong) { tell(wrong); }
}

/** Accepts a finding, or all errors. @param {Desk} desk @param {any} finding */
export function accept(desk, finding) {
  const errors = desk.found.report.findings.filter((/** @type {any} */ one) => one.severity === 'error' && !one.accepted);
  const reason = reasonField([L('原件如此，已函告核实', 'As the original; the agency was asked'), L('上年报告已更正公布', 'Last year was corrected'), L('机构职能调整', 'The agency changed')], L('理由', 'Reason'));
  const until = h('input', { type: 'date', id: 'until', required: true });
  until.value = `${(desk.found.report.year || new Date().getFullYear()) + 1}-12-31`;
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = reason.value();
    if (!text || !until.value) return;
    try {
      const answer = await post(`/api/reports/${desk.id}/accept`, { findings: finding ? [finding.id] : [], reason: text, until: until.value, revision: desk.found.revision });
      box.close();
      desk.saved(answer.report, '');
      toast(L('已接受，写进了记录。', 'Accepted; the log has it.'), [L('撤销', 'Undo'), () => undo(desk, answer.entry)]);
    } catch (wrong) {
      if (wrong instanceof Fault && wrong.status === 409) { box.close(); await conflict(desk, wrong, L('接受', 'Accept'), text, '', () => accept(desk, finding)); } else tell(wrong);
    }
  };
  const box = dialog(finding ? L('接受这个问题', 'Accept this finding') : L('接受这份报告', 'Accept this report'), [h('p', finding ? say(finding.message) : L(`还有 ${errors.length} 个错误。接受后不再计入“有错误”，也不写进通知；数不改。`, `${errors.length} errors. They will no longer count, and no figure changes.`)), reason.box, h('div.field', h('label', { for: 'until' }, L('到哪一天', 'Until')), until, h('span.hint', L('过了这一天，或这几格的数变了，问题会重新出现。', 'After this day, or when these figures change, it comes back.')))], [cancel(), h('button.btn.pri', { type: 'submit', onclick: save }, L('接受', 'Accept'))]);
}

/** Sends a report back. @param {Desk} desk */
export function sendBack(desk) {
  const failed = desk.found.report.failed;
  const open = (desk.found.report.findings || []).filter((/** @type {any} */ one) => !one.accepted && one.severity !== 'info');
  const boxes = open.map((/** @type {any} */ one) => [one, h('input', { type: 'checkbox', checked: one.severity === 'error' || open.length < 6 })]);
  const reason = reasonField([L('请对照通知逐格核实后重报全套', 'Please check every point and send all again'), L('请报送 Word 或 Excel 原件', 'Please send the Word or Excel file')], L('退回的理由', 'Reason'));
  const due = h('input', { type: 'date', id: 'due' });
  const save = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = reason.value();
    if (!text) return;
    const findings = boxes.filter((/** @type {any[]} */ one) => one[1].checked).map((/** @type {any[]} */ one) => one[0].id);
    try {
      await post(`/api/reports/${desk.id}/return`, { findings, reason: text, due: due.value || null, revision: desk.found.revision });
      box.close();
      const query = findings.length ? '?findings=' + findings.join(',') : '';
      for (const kind of failed ? ['letter'] : ['letter', 'annotated']) h('a', { href: `/api/reports/${desk.id}/output/${kind}${query}`, download: '' }).click();
      await desk.reload();
      toast(L('已退回。通知和批注件已下载，由您发给单位。', 'Sent back. The letter and the copy are downloaded for you to send.'));
    } catch (wrong) {
      if (wrong instanceof Fault && wrong.status === 409) { box.close(); await conflict(desk, wrong, L('退回', 'Send back'), text, '', () => sendBack(desk)); } else tell(wrong);
    }
  };
  const list = boxes.length ? h('div.field', h('span.lab', L('通知里写明的问题', 'In the letter')), h('ul.checks', boxes.slice(0, 40).map((/** @type {any[]} */ [one, box]) => h('li', h('label.row.nw', box, h('span', say(one.message))))))) : null;
  const box = dialog(L('退回修改：', 'Send back: ') + (desk.found.report.agency || desk.found.file.name), [list, reason.box, h('div.field', h('label', { for: 'due' }, L('重报期限', 'Due')), due), h('p.small.muted', L('下载退回修改通知和批注件，由您发给单位；本程序不上网。', 'The letter and the copy with comments are downloaded for you to send; this program does not go online.'))], [cancel(), h('button.btn.pri', { type: 'submit', onclick: save }, L('退回并下载', 'Send back and download'))]);
  $('#basis', box)?.focus();
}
