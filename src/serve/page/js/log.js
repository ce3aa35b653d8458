// @ts-check
// 记录: who did what when and why; undoing adds a line.
import { $, L, badge, h, reasonDialog, say, shell, status, toast, when } from './ui.js';
import { icon } from './icons.js';
import { follow, get, post, tell } from './api.js';

/** @type {Record<string, [string, string, string]>} */
const KINDS = { corrected: [L('更正', 'Corrected'), 'pencil', 'fixed'], 'taken-back': [L('改回', 'Set back'), 'history', 'warn'], accepted: [L('接受', 'Accepted'), 'stamp', 'accepted'], returned: [L('退回', 'Sent back'), 'back', 'returned'], received: [L('收到', 'Received'), 'inbox', 'none'], replaced: [L('新的一次', 'New version'), 'copy', 'none'], used: [L('改用', 'Chosen'), 'copy', 'none'], undone: [L('撤销', 'Undone'), 'history', 'warn'], settings: [L('设置', 'Settings'), 'gear', 'none'], deleted: [L('删除', 'Taken out'), 'x', 'bad'] };
const wanted = { who: '', kind: '', agency: '', before: 0 };
let /** @type {any} */ area, /** @type {any} */ more, /** @type {any} */ lines = [], /** @type {any} */ people = [], /** @type {any} */ total = 0, /** @type {any} */ next = null;

/** @param {any} who */
export async function show(who) {
  shell('/log', who);
  document.title = L('记录 · 年报', 'Log · nianbao');
  const state = await get('/api/state');
  badge(state.counts.bad + state.counts.failed);
  area = h('div.card');
  more = h('div.row', { class: 'mt' });
  await load(true);
  const option = (/** @type {string} */ value, /** @type {string} */ text) => h('option', { value }, text);
  const choose = (/** @type {'who' | 'kind'} */ key, /** @type {any[]} */ options) => h('select', { onchange: (/** @type {any} */ event) => { wanted[key] = event.target.value; load(true).catch(tell); } }, options);
  const agency = h('input', { type: 'search', placeholder: L('单位名', 'agency'), size: 12, oninput: (/** @type {any} */ event) => { wanted.agency = event.target.value.trim(); load(true).catch(tell); } });
  $('#main').append(h('div.pagehead', h('h1', L('记录', 'Log')), h('div.ctx', h('label', L('谁', 'Who'), choose('who', [option('', L('所有人', 'everybody')), ...people.map((/** @type {string} */ name) => option(name, name))])), h('label', L('做了什么', 'What'), choose('kind', [option('', L('全部', 'everything')), ...Object.entries(KINDS).map(([id, one]) => option(id, one[0]))])), h('label', L('单位', 'Agency'), agency))),
    h('p.muted', { class: 'mb' }, L('每一笔先写进硬盘再答复，断电也在。撤销是添一笔，不是擦掉一笔。“更正.jsonl”在工作文件夹里，命令行用 --corrections 可以重放。', 'Every line is on the disk before it is answered for. Undoing adds a line. The command line replays 更正.jsonl with --corrections.')), area, more);
  follow(state.revision, async () => { await load(true); return (await get('/api/state')).revision; });
}

async function load(/** @type {boolean} */ fresh) {
  const query = new URLSearchParams({ who: wanted.who, kind: wanted.kind, agency: wanted.agency, before: String(fresh ? 0 : next || 0) });
  const found = await get('/api/log?' + query);
  lines = fresh ? found.lines : [...lines, ...found.lines];
  ({ people, total, next } = found);
  draw();
}

function draw() {
  /** @type {Map<string, any[]>} */ const days = new Map();
  for (const line of lines) { const day = line.at.slice(0, 10); days.set(day, [...(days.get(day) || []), line]); }
  const week = L('日一二三四五六', '');
  const title = (/** @type {string} */ day) => when(day) + (week ? '，星期' + week[new Date(day + 'T12:00:00').getDay()] : '');
  area.replaceChildren(...(lines.length ? [...days].map(([day, all]) => h('section', { 'aria-label': title(day) }, h('h2.day', title(day)), h('ol.log', grouped(all)))) : [h('p.muted.inset', L('还没有记录。', 'Nothing yet.'))]));
  more.replaceChildren(...(next ? [h('button.btn', { type: 'button', onclick: () => load(false).catch(tell) }, L(`看更早的（共 ${total} 条）`, `Earlier (${total} in all)`))] : []));
}

/** Lines of one moment about one report stand behind the first of them: what was typed in at once. @param {any[]} all */
function grouped(all) {
  /** @type {any[]} */ const shown = [];
  for (let at = 0; at < all.length;) {
    const first = all[at];
    let end = at + 1;
    while (end < all.length && first.kind === 'corrected' && ['kind', 'at', 'who', 'report', 'reason'].every(key => all[end][key] === first[key])) end++;
    const own = all.slice(at, end), one = own.find(line => line.field === 'form') || first;
    if (own.length < 4) shown.push(...own.map(item));
    else {
      const line = item(one), rest = own.filter(other => other !== one);
      $('.what', line).append(h('details', h('summary.small', L(`同时还有 ${rest.length} 格`, `${rest.length} more at once`)), h('ol.log', rest.map(item))));
      shown.push(line);
    }
    at = end;
  }
  return shown;
}

const blank = (/** @type {string} */ text) => (text.length > 60 ? text.slice(0, 60) + '…' : text) || L('空白', 'blank');
/** @param {any} line */
function item(line) {
  const [word, ic, cls] = KINDS[line.kind] || [line.kind, 'info', 'none'];
  const name = line.agency || line.name;
  const subject = name ? (line.report ? h('a', { href: '/report?id=' + line.report }, name) : h('b', name)) : null;
  const change = line.field ? ['　', h('span', place(line)), '　', h('span.from', blank(line.from)), ' → ', h('span.to', blank(line.to))] : null;
  const about = (line.about || []).slice(0, 3).map((/** @type {any} */ one) => h('div', say(one)));
  const until = line.until ? L(`到 ${line.until}。`, `until ${line.until}. `) : '', due = line.due ? L(`限 ${line.due} 前重报。`, `due ${line.due}. `) : '';
  const undone = line.undone ? [' ', h('span.tag.warn', L(`已由 ${line.undone.who} 于 ${when(line.undone.at)} 撤销`, `undone by ${line.undone.who}, ${when(line.undone.at)}`))] : null;
  const go = () => reasonDialog(L('撤销这一条', 'Undo this'), [L('改错了', 'It was wrong'), L('单位来电：原数没有错', 'The agency says that the figure was right')], [h('p', L('撤销是添一笔，原来的一条仍在。', 'This adds a line; the old one stays.'))], L('撤销', 'Undo'), async reason => {
    try { await post(`/api/log/${line.id}/undo`, { reason }); toast(L('已撤销，重新核对过。', 'Undone and checked again.')); await load(true); } catch (error) { tell(error); }
  });
  const file = line.kind === 'received' && line.agency ? [L('：', ': '), h('span.muted', line.name)] : null;
  return h('li' + (line.undone ? '.undone' : ''), h('time', { datetime: line.at }, line.at.slice(11, 16)), h('span.who2.row', h('span', line.who || L('程序', 'program')), status(cls, word, ic)), h('div.what', h('span.change', subject, file, change), undone, about, line.reason ? h('div.basis', L('依据：', 'Reason: '), until, due, line.reason) : null), h('span.act', line.undoable ? h('button.btn.sm.ghost', { type: 'button', 'aria-label': L(`撤销 ${line.at.slice(11, 16)} 的${word}`, `undo ${word} of ${line.at.slice(11, 16)}`), onclick: go }, icon('history', 's'), L('撤销', 'Undo')) : null));
}
const place = (/** @type {any} */ line) => say(line.label) || ({ agency: L('单位名称', 'agency'), year: L('年度', 'year'), title: L('标题', 'title') })[/** @type {string} */ (line.field)] || line.field;
