// @ts-check
// 收件: drop files, see who has reported and what is wrong, open, download, send back.
import { $, $$, L, badge, cancel, dialog, h, menu, n, param, reasonField, say, shell, size, status, toast, typing, when } from './ui.js';
import { icon } from './icons.js';
import { follow, get, post, tell } from './api.js';
import { AGAIN, FORMATS, ORDER, STATES } from './states.js';
import { dropped, upload, uploads } from './upload.js';

let /** @type {any} */ state, /** @type {any} */ session;
let filter = param('f') || '', query = '', selected = 0, sort = 'state', year = '';
/** @type {Set<string>} */ const chosen = new Set();
let /** @type {any} */ body, /** @type {any} */ count, /** @type {any} */ bulk, /** @type {any} */ peek, /** @type {any} */ top, /** @type {any} */ area, /** @type {any} */ reading, /** @type {any} */ heard;
let done = '';

/** @param {any} who */
export async function show(who) {
  session = who;
  shell('/', who);
  document.title = L('收件 · 年报', 'Inbox · nianbao');
  state = await get('/api/state');
  const main = $('#main');
  top = h('div', { id: 'top' });
  reading = h('div', { id: 'reading' });
  heard = h('p.vh', { role: 'status' });
  area = h('div', { id: 'area' });
  main.append(top, uploads(), heard, reading, area);
  draw();
  document.addEventListener('dragover', event => { event.preventDefault(); document.body.classList.add('dragging'); });
  document.addEventListener('dragleave', event => { if (!event.relatedTarget) document.body.classList.remove('dragging'); });
  document.addEventListener('drop', async event => {
    event.preventDefault();
    document.body.classList.remove('dragging');
    if (event.dataTransfer) take(await dropped(event.dataTransfer));
  });
  document.addEventListener('keydown', keys);
  follow(state.revision, refresh);
}

async function refresh() {
  state = await get('/api/state' + (year ? '?year=' + year : ''));
  draw();
  return state.revision;
}
const take = (/** @type {File[]} */ files) => upload(files, () => refresh().catch(tell));

const isEmpty = () => !state.rows.some((/** @type {any} */ row) => row.file) && !state.files.length;
let drawn = '';
function draw() {
  badge(state.counts.bad + state.counts.failed);
  const kind = isEmpty() ? 'empty' : 'list';
  top.replaceChildren(head());
  progress();
  if (kind !== drawn) {
    area.replaceChildren(...(kind === 'empty' ? empty().filter(Boolean) : frame()));
    drawn = kind;
  }
  if (kind === 'list') { summary(); rowsOf(); }
}

function head() {
  const years = Object.entries(state.years).reverse();
  const pick = (/** @type {string} */ label, /** @type {any} */ control) => h('label', label, control);
  const yearBox = h('select', { onchange: (/** @type {any} */ event) => { year = event.target.value; refresh().catch(tell); } },
    state.year ? null : h('option', { value: '' }, L('自动', 'automatic')),
    years.map(([one, many]) => h('option', { value: one, selected: !state.all && +one === state.year }, L(`${one}年（${many}）`, `${one} (${many})`))),
    state.year && !state.years[state.year] ? h('option', { value: state.year, selected: true }, L(`${state.year}年`, String(state.year))) : null,
    years.length > 1 ? h('option', { value: 'all', selected: state.all }, L('全部', 'all')) : null);
  const form = (state.forms || []).find((/** @type {any} */ one) => one.id === state.form);
  const link = (/** @type {string} */ hash, /** @type {string} */ text) => h('a', { href: '/settings#' + hash }, text);
  const facts = [form ? say(form.name) : L('按文件自己认格式', 'form by content'), state.agencies ? L(`名录 ${state.agencies.count} 个`, `${state.agencies.count} agencies`) : L('未选名录', 'no agencies'), state.previous ? L('有上年', 'with last year') : state.kept ? L(`上年 ${state.kept} 份，在收件里`, `${state.kept} of last year`) : L('没有上年', 'without last year')];
  const context = h('div.ctx', pick(L('年度', 'Year'), yearBox), link('form', facts[0]), link('roster', facts[1]), link('previous', facts[2]));
  const wrong = (state.wrong || []).map((/** @type {any} */ one) => h('div.note.bad', { class: 'mb' }, icon('alert'), h('div', say(one.message), ' ', link('form', L('去设置', 'settings')))));
  return h('div', h('div.pagehead', h('h1', L('收件', 'Inbox')), context), wrong);
}

function drop(/** @type {boolean} */ big) {
  const pickFiles = h('input.vh', { type: 'file', multiple: true, id: 'files', tabindex: -1, 'aria-hidden': 'true', onchange: (/** @type {any} */ event) => { take([...event.target.files]); event.target.value = ''; } });
  const pickFolder = h('input.vh', { type: 'file', webkitdirectory: true, id: 'folder', tabindex: -1, 'aria-hidden': 'true', onchange: (/** @type {any} */ event) => { take([...event.target.files]); event.target.value = ''; } });
  const buttons = h('div.row', h('button.btn' + (big ? '.pri' : ''), { type: 'button', onclick: () => pickFiles.click() }, icon('file'), L('选择文件', 'Choose files')), h('button.btn', { type: 'button', onclick: () => pickFolder.click() }, icon('folder'), L('选择文件夹', 'Choose a folder')), pickFiles, pickFolder);
  const kinds = L(`Word、WPS、Excel、PDF、OFD、网页、文本、压缩包；单个不超过 ${session.limit >> 20} MB`, `Word, WPS, Excel, PDF, OFD, web pages, text, archives; at most ${session.limit >> 20} MB each`);
  return big ? h('div.drop.big', icon('inbox'), h('strong', L('把各单位报来的文件或整个文件夹拖到这里', 'Drop the files or the whole folder here')), buttons, h('p.small', kinds + L('。文件只在这台电脑上处理，不上网，原文件不改动。', '. Files stay on this machine and are not changed.')))
    : h('div.drop', icon('upload'), h('span.grow', h('strong', L('把文件或文件夹拖到这里', 'Drop files or a folder here')), h('span.hide-s', L('，页面任何地方都可以。', ', anywhere on the page.')), h('span.small.muted.hide-s', ' ' + kinds)), buttons);
}

function empty() {
  const blanks = (state.forms || []).filter((/** @type {any} */ form) => !form.years || form.years[1] >= 2024);
  const blank = (/** @type {any} */ form) => ['docx', 'xlsx'].map(suffix => h('a.btn.sm', { href: `/api/forms/${encodeURIComponent(form.id)}/blank/${suffix}`, download: '' }, icon('download', 's'), FORMATS[suffix][0]));
  const none = state.counts.none ? summaryBox() : null;
  return [drop(true), none, h('ol.steps',
    h('li.card', h('h2', L('说明应该谁报', 'Say who must report')), h('p.muted', L('放进单位名录（Excel：单位名称、上级、类型），就能看出谁还没报、谁报了两次。没有名录也能核对。', 'With a list of agencies the page shows who is missing and who reported twice.')), h('div.row', h('a.btn.sm', { href: '/settings#roster' }, L('选择名录', 'Choose the list')))),
    h('li.card', h('h2', L('给各单位发空白表', 'Send out blank forms')), h('p.muted', L('Excel 表里带公式，总计自动相加。', 'The workbook adds up by itself.')), blanks.slice(0, 2).map((/** @type {any} */ form) => h('div', h('p.small', say(form.name)), h('div.row', blank(form))))),
    h('li.card', h('h2', L('放进去年的结果', 'Add last year\'s result')), h('p.muted', L('去年的汇总.xlsx 或去年各单位的报告。有了它，才能核对“上年结转”，才能同比。去年各单位的报告也可以直接拖到这一页。', 'Last year\'s 汇总.xlsx or reports: for what is carried over and for comparison. Reports of last year may be dropped here too.')), h('div.row', h('a.btn.sm', { href: '/settings#previous' }, L('选择上年', 'Choose')))))];
}

function progress() {
  const total = state.files.length + state.done, again = state.again;
  // Told where it begins and ends, and not with every file.
  const doing = state.files.length ? 'read' : again.left ? 'again' : '';
  if (doing !== done) {
    heard.textContent = doing === 'read' ? L('正在读取和核对', 'Reading and checking') : doing === 'again' ? L(`正在重新核对 ${again.of} 个文件`, `Checking ${again.of} files again`) : L('核对完毕', 'Everything is checked');
    done = doing;
  }
  if (!doing) { reading.replaceChildren(); return; }
  if (doing === 'again') {
    const bar = h('progress', { max: again.of, value: again.of - again.left, 'aria-label': L('重新核对的进度', 'progress of checking again') });
    reading.replaceChildren(h('section.card.prog', { 'aria-labelledby': 'reading-title' }, h('div.hd', h('h2', { id: 'reading-title' }, L('正在重新核对', 'Checking again')), h('span.grow.muted.small', L(`${again.of} 个：已完成 ${again.of - again.left}，还有 ${again.left}`, `${again.of}: ${again.of - again.left} done, ${again.left} left`))), h('div.bd', bar, h('p.small.muted', { class: 'mt' }, L('设置或上年的报告变了。标着“正在重新核对”的，数字还是原来的，核对完就更新。', 'The settings or a report of last year changed. Rows that are checked again show what was known before.')))));
    return;
  }
  const now = state.files.filter((/** @type {any} */ file) => file.phase === 'reading'), waiting = state.files.length - now.length;
  const bar = h('progress', { max: total, value: state.done, 'aria-label': L('读取和核对的进度', 'progress of reading') });
  const line = (/** @type {any} */ file) => h('li', h('span.st.fixed', icon('spin', 'spin')), h('span.fn', { title: file.name }, file.name), h('span.ph', L('读取、核对', 'reading')), h('span.sz.small.muted', size(file.bytes)), h('span.act'));
  reading.replaceChildren(h('section.card.prog', { 'aria-labelledby': 'reading-title' }, h('div.hd', h('h2', { id: 'reading-title' }, L('正在读取和核对', 'Reading and checking')), h('span.grow.muted.small', L(`${total} 个：已完成 ${state.done}，正在读 ${now.length}，排队 ${waiting}`, `${total}: ${state.done} done, ${now.length} being read, ${waiting} waiting`))), h('div.bd', bar, h('p.small.muted', { class: 'mt' }, L('可以关掉页面或刷新，处理不会停。先完成的可以先打开。', 'The page may be closed or loaded again; the work goes on.'))), h('ul.upl', now.map(line))));
}

/** @type {any} */ let box;
function frame() {
  box = h('div', { id: 'summary' });
  const q = h('input', { type: 'search', placeholder: L('单位、文件或问题', 'Agency, file or problem'), 'aria-label': L('查找单位、文件或问题', 'Find'), id: 'q', oninput: (/** @type {any} */ event) => { query = event.target.value.trim(); selected = 0; rowsOf(); } });
  count = h('span.count', { role: 'status' });
  body = h('tbody');
  bulk = h('div.bulk', { hidden: true });
  peek = h('aside.peek.card', { 'aria-label': L('这一份的问题', 'This report') });
  const th = (/** @type {string} */ text, /** @type {string} */ id, cls = '') => h('th' + cls, { scope: 'col' }, h('button', { type: 'button', onclick: () => { sort = id; rowsOf(); } }, text, icon('down', 's')));
  const all = h('input', { type: 'checkbox', 'aria-label': L('全选', 'all'), onchange: (/** @type {any} */ event) => { for (const row of rows()) if (row.id) event.target.checked ? chosen.add(row.id) : chosen.delete(row.id); rowsOf(); } });
  const table = h('table.list.cards', { role: 'table' }, h('caption.vh', L('各单位报告和它们的状态', 'Reports and their states')), h('thead.sticky', { role: 'rowgroup' }, h('tr', { role: 'row' }, h('th.c-chk', { scope: 'col' }, all), th(L('状态', 'State'), 'state'), th(L('单位', 'Agency'), 'name'), h('th', { scope: 'col' }, L('文件、要紧的一个问题', 'File, first problem')), h('th.num', { scope: 'col' }, L('错误', 'Errors')), h('th.num', { scope: 'col' }, L('提示', 'Warnings')), h('th.num.c-fix', { scope: 'col' }, L('已更正', 'Corrected')), th(L('收到', 'Received'), 'time', '.c-time'), h('th.c-act', { scope: 'col' }, h('span.vh', L('操作', 'actions'))))), body);
  const tools = h('div.tools', h('div.search', icon('search'), q, h('kbd.hide-s', '/')), count, h('span.grow'), h('button.btn.hide-s', { type: 'button', onclick: () => print() }, icon('print'), L('打印', 'Print')), h('span', { id: 'zip' }));
  return [box, drop(false), h('div.inbox.with-peek', h('section.card', { 'aria-label': L('各单位报告', 'Reports') }, tools, table), peek), bulk];
}

const by = (/** @type {string} */ name) => state.counts[name] || 0;
function summaryBox() {
  const got = state.rows.filter((/** @type {any} */ row) => row.file && row.state !== 'other').length;
  const expected = state.counts.expected;
  const reported = expected === null ? got : Math.max(0, expected - by('none') - by('other'));
  const bar = h('div.seg', { 'aria-hidden': 'true' });
  for (const name of ORDER) {
    if (!by(name)) continue;
    const part = h('i.' + name);
    part.style.flex = String(by(name));
    bar.append(part);
  }
  const chip = (/** @type {string} */ id, /** @type {any} */ label, /** @type {number} */ many) => h('button.chip', { type: 'button', 'aria-pressed': String(filter === id), 'data-f': id, onclick: () => { filter = filter === id ? '' : id; selected = 0; draw(); } }, label, h('b', many));
  const cross = [['double', L('重复报送', 'Twice'), 'dup'], ['unlisted', L('不在名录', 'Not listed'), 'info'], ['warned', L('有提示', 'Warnings'), 'warn']];
  return h('section.card.sum', { 'aria-label': L('收件情况', 'Summary') }, h('div.sum-top', h('span', h('span.big', reported), h('span.of', expected === null ? L(' 份报告', ' reports') : L(` / ${expected} 个单位已报`, ` of ${expected} agencies reported`)))), bar,
    h('div.chips', ORDER.slice().reverse().filter(by).map(name => chip(name, status(name, STATES[name][0], STATES[name][1]), by(name))), cross.filter(one => by(one[0])).map(([id, text, ic]) => chip(id, h('span.st.warn', icon(ic, 's'), text), by(id)))));
}
function summary() {
  const done = !state.files.length && !state.again.left && !by('bad') && !by('failed') && !by('returned') && !by('none') && !by('other');
  const note = done ? h('div.note.good', { class: 'mb' }, icon('check'), h('div.grow', h('strong', L('没有剩下的错误。', 'No errors are left.')), h('div.small', L(`其中 ${by('fixed')} 份更正过，${by('accepted')} 份的问题已接受，都写在记录里。可以汇总了。`, `${by('fixed')} were corrected and ${by('accepted')} accepted; the log has them all.`))), h('div.row', h('a.btn.pri', { href: '/rollup' }, icon('sum'), L('去汇总', 'Add up')))) : null;
  box.replaceChildren(summaryBox(), ...(note ? [note] : []));
  const ids = (/** @type {(row: any) => boolean} */ wanted) => state.rows.filter((/** @type {any} */ row) => row.id && wanted(row)).map((/** @type {any} */ row) => row.id);
  const read = ids(row => !['failed', 'working', 'other'].includes(row.state)), bad = ids(row => row.state === 'bad' || row.state === 'failed' || row.state === 'returned');
  const item = (/** @type {string} */ text, /** @type {string[]} */ list, /** @type {string[]} */ kinds) => list.length && { text, k: L(`${list.length} 份 .zip`, `${list.length}, .zip`), run: () => bundle(list, kinds) };
  const formats = (state.formats || []).filter((/** @type {string} */ suffix) => suffix !== 'json');
  $('#zip').replaceChildren(menu([icon('download'), L('批量下载', 'Download all')], [...formats.map((/** @type {string} */ suffix) => item(L('全部 ', 'All ') + FORMATS[suffix]?.[0], read, [suffix])), '-', item(L('退回修改通知（有错误的）', 'Letters (with errors)'), bad, ['letter']), item(L('批注件（有错误的）', 'With comments (with errors)'), bad, ['annotated']), by('none') && { text: L('催报通知（未报的）', 'Reminders (missing)'), k: L(`${by('none')} 份 .zip`, `${by('none')}, .zip`), run: remind }]));
}

function rows() {
  const found = state.rows.filter((/** @type {any} */ row) => (!filter || (filter === 'double' ? row.double : filter === 'warned' ? row.warnings : filter === 'unlisted' ? row.unlisted : row.state === filter)) && (!query || `${row.agency || ''} ${row.file || ''} ${say(row.first)}`.includes(query)));
  if (sort === 'time') found.sort((/** @type {any} */ a, /** @type {any} */ b) => (b.at || '').localeCompare(a.at || ''));
  if (sort === 'name') found.sort((/** @type {any} */ a, /** @type {any} */ b) => (a.agency || a.file || '').localeCompare(b.agency || b.file || '', 'zh'));
  return found;
}
const to = (/** @type {any} */ row) => '/report?id=' + row.id;
const nameOf = (/** @type {any} */ row) => row.agency || L('（未能确定单位）', '(agency unknown)');

function rowsOf() {
  const found = rows(), all = state.rows.length;
  count.textContent = found.length === all ? L(`${n(all)} 行`, `${n(all)} rows`) : L(`${n(found.length)} 行，共 ${n(all)} 行`, `${n(found.length)} of ${n(all)} rows`);
  const number = (/** @type {number} */ value, /** @type {string} */ cls) => (value ? h('span.' + cls, value) : h('span.zero', '0'));
  for (const id of chosen) if (!state.rows.some((/** @type {any} */ row) => row.id === id)) chosen.delete(id);
  const line = (/** @type {any} */ row, /** @type {number} */ at) => {
    const [name, ic] = STATES[row.state];
    const opens = row.id && row.state !== 'working';
    const tags = [row.version > 1 && h('span.tag.blue', L(`第${row.version}次报送`, `version ${row.version}`)), row.double && h('span.tag.warn', L('另有一份内容不同', 'another differs')), row.unlisted && h('span.tag', L('不在名录', 'not listed')), row.typed && h('span.tag.blue', L('人工录入', 'typed in')), row.state === 'other' && h('span.tag.warn', L(`${row.year}年度`, String(row.year))), row.due && h('span.tag', L(`限${when(row.due)}前重报`, `due ${when(row.due)}`))].filter(Boolean).map(tag => [' ', tag]);
    const check = row.id ? h('input', { type: 'checkbox', 'aria-label': L('选中', 'choose ') + nameOf(row), checked: chosen.has(row.id), onchange: () => { chosen.has(row.id) ? chosen.delete(row.id) : chosen.add(row.id); rowsOf(); } }) : null;
    return h('tr', { role: 'row', 'data-id': row.id, onclick: () => { selected = at; mark(false); } },
      h('td.c-chk', { role: 'cell' }, check),
      h('td.c-st', { role: 'cell' }, row.again ? status('working', AGAIN, 'spin', true) : status(row.state, name, ic, row.state !== 'clean')),
      h('th.c-name', { scope: 'row', role: 'rowheader' }, opens ? h('a', { href: to(row) }, nameOf(row)) : h('span', nameOf(row))),
      h('td.c-file.file', { role: 'cell' }, row.state !== 'clean' && row.first && h('span.why', say(row.first)), row.file ? h('span', h('span.fn', { title: row.file }, row.file), tags) : h('span.muted', L('还没有收到', 'not received') + (row.contact ? L('，联系方式：', ', contact: ') + row.contact : ''))),
      h('td.num.c-e', { role: 'cell' }, row.file ? number(row.errors, 'e') : ''), h('td.num.c-w', { role: 'cell' }, row.file ? number(row.warnings, 'w') : ''), h('td.num.c-fix.hide-s', { role: 'cell' }, row.typed ? h('span.n', L('录入', 'typed')) : row.file ? number(row.corrected, 'n') : ''), h('td.c-time.hide-s.nowrap.small.muted', { role: 'cell' }, when(row.at)),
      h('td.c-n.only-s', { role: 'cell' }, row.errors ? h('span.e', L('错 ', 'E ') + row.errors) : null, row.warnings ? h('span.w', L('提 ', 'W ') + row.warnings) : null),
      h('td.act.c-act', { role: 'cell' }, opens ? h('a.btn.sm.ghost.ic', { href: to(row), 'aria-label': L('打开', 'open ') + nameOf(row) }, icon('right')) : null));
  };
  const focused = document.activeElement?.closest?.('tr')?.getAttribute('data-id');
  body.replaceChildren(...(found.length ? found.map(line) : [h('tr', h('td', { colspan: 9, class: 'muted' }, L('没有符合条件的。', 'Nothing fits.')))]));
  if (focused) $(`tr[data-id="${focused}"] a`, body)?.focus();
  bulk.hidden = !chosen.size;
  bulk.replaceChildren(h('strong', L(`选中 ${chosen.size} 份`, `${chosen.size} chosen`)), menu([icon('download', 's'), L('下载', 'Download')], ['docx', 'xlsx', 'html', 'annotated', 'letter', 'original'].map(kind => ({ text: FORMATS[kind]?.[0] || { annotated: L('批注件', 'With comments'), letter: L('退回修改通知', 'Letter'), original: L('原文件', 'The sent file') }[kind], run: () => bundle([...chosen], [kind]) })), 'btn.sm.up'), h('button.btn.sm', { type: 'button', onclick: sendBack }, icon('back', 's'), L('退回修改', 'Send back')), h('button.btn.sm', { type: 'button', onclick: remove }, icon('x', 's'), L('删除', 'Take out')), h('button.btn.sm', { type: 'button', onclick: () => { chosen.clear(); rowsOf(); } }, L('取消选择', 'Choose none')));
  mark(false);
}

function mark(/** @type {boolean} */ scroll) {
  const found = rows(), row = found[selected];
  $$('tr', body).forEach((line, at) => line.classList.toggle('sel', at === selected && !!row));
  if (!row) { peek.replaceChildren(); return; }
  if (scroll) $$('tr', body)[selected]?.scrollIntoView({ block: 'nearest' });
  const [name, ic] = STATES[row.state];
  peek.replaceChildren(h('div.hd', h('h2.grow', nameOf(row)), row.again ? status('working', AGAIN, 'spin', true) : status(row.state, name, ic, true)), h('div.bd', row.first ? h('p', say(row.first)) : h('p.muted', row.file ? L('没有问题。', 'Nothing is wrong.') : L('还没有收到。', 'Not received.')), row.file && h('p.muted.small', { class: 'mt' }, L(`错误 ${row.errors}，提示 ${row.warnings}，已更正 ${row.corrected}。按 Enter 打开。`, `${row.errors} errors, ${row.warnings} warnings, ${row.corrected} corrected. Enter opens it.`)), row.versions.length > 1 && h('ol.do', row.versions.map((/** @type {any} */ one, /** @type {number} */ at) => h('li', one.counts ? h('b', one.file) : one.file, ' ', h('span.muted.small', when(one.at)))))));
}

/** @param {KeyboardEvent} event */
function keys(event) {
  if (drawn !== 'list') return;
  const q = $('#q');
  if (event.key === '/' && !typing(event)) { event.preventDefault(); q.focus(); return; }
  if (event.key === 'Escape' && document.activeElement === q) { q.value = query = ''; rowsOf(); q.blur(); }
  if (typing(event)) return;
  const found = rows(), row = found[selected];
  if (event.key === 'j' || event.key === 'k') { selected = Math.max(0, Math.min(found.length - 1, selected + (event.key === 'j' ? 1 : -1))); mark(true); }
  else if (event.key === 'Enter' && document.activeElement === document.body && row?.id && row.state !== 'working') location.href = to(row);
  else if (event.key === 'x' && row?.id) { chosen.has(row.id) ? chosen.delete(row.id) : chosen.add(row.id); rowsOf(); }
}

/** Downloads an archive that is made for the asking. @param {string} path @param {any} body @param {string} name */
async function packed(path, body, name) {
  toast(L('正在打包……', 'Packing …'));
  try {
    const token = (await get('/api/session')).token;
    const response = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json', 'x-nianbao-token': token }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(say((await response.json()).message));
    const url = URL.createObjectURL(await response.blob());
    const link = h('a', { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
    $('.toast')?.remove();
  } catch (error) { tell(error); }
}
/** Many files made of reports. @param {string[]} reports @param {string[]} kinds */
const bundle = (reports, kinds) => packed('/api/bundle', { reports, kinds }, L('年报.zip', 'reports.zip'));
/** Notices to the agencies that have sent nothing. */
const remind = () => packed('/api/reminders', { year: state.year }, L('催报通知.zip', 'reminders.zip'));

function sendBack() {
  const reason = reasonField([L('请对照通知逐格核实后重报全套', 'Please check every point of the letter and send all again')], L('退回的理由', 'Reason'));
  const due = h('input', { type: 'date', id: 'due' });
  const go = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = reason.value();
    if (!text) return;
    const ids = [...chosen];
    try {
      for (const id of ids) {
        const found = await get('/api/reports/' + id);
        const findings = (found.report.findings || []).filter((/** @type {any} */ one) => !one.accepted && one.severity !== 'info').map((/** @type {any} */ one) => one.id);
        await post(`/api/reports/${id}/return`, { findings, reason: text, due: due.value || null, revision: found.revision });
      }
      box.close();
      chosen.clear();
      await bundle(ids, ['letter', 'annotated']);
    } catch (error) { tell(error); }
  };
  const box = dialog(L(`退回 ${chosen.size} 份修改`, `Send ${chosen.size} back`), [h('p', L('每个单位各得一份退回修改通知（写明哪一格、应为多少）和批注件，打成一个压缩包下载，由您发给单位。', 'For each a letter and a copy with comments, in one archive for you to send.')), reason.box, h('div.field', h('label', { for: 'due' }, L('重报期限', 'Due')), due)], [cancel(L('不退了', 'Cancel')), h('button.btn.pri', { type: 'submit', onclick: go }, L('退回并下载', 'Send back and download'))]);
}

function remove() {
  const reason = reasonField([L('不是年报', 'Not a report'), L('误传', 'Sent by mistake')]);
  const go = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const text = reason.value();
    if (!text) return;
    try {
      for (const id of [...chosen]) {
        const file = id.split('-')[0];
        const found = await get('/api/files/' + file);
        await post(`/api/files/${file}/delete`, { reason: text, revision: found.revision });
      }
      box.close();
      chosen.clear();
      toast(L('已删除。文件还留着，“记录”里可以撤销。', 'Taken out. The log can bring it back.'));
      await refresh();
    } catch (error) { tell(error); }
  };
  const box = dialog(L(`删除 ${chosen.size} 份`, `Take out ${chosen.size}`), [h('p', L('不再计入收件和汇总；文件本身留在工作文件夹里，随时可以在“记录”里撤销。', 'They no longer count; the files stay and the log can bring them back.')), reason.box], [cancel(), h('button.btn.pri', { type: 'submit', onclick: go }, L('删除', 'Take out'))]);
}
