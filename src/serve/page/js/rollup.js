// @ts-check
// 汇总: sums, who is missing, comparison with last year, charts, the tree; everything as the command line adds it up.
import { $, $$, L, badge, h, menu, n, say, shell, status, svg, typing } from './ui.js';
import { icon } from './icons.js';
import { follow, get, tell } from './api.js';
import { STATES } from './states.js';
import { compare } from './tables.js';

let clean = false;
let /** @type {any} */ sums, /** @type {any} */ area, /** @type {any} */ list;

/** @param {any} who */
export async function show(who) {
  shell('/rollup', who);
  document.title = L('汇总 · 年报', 'Sums · nianbao');
  area = h('div');
  $('#main').append(area);
  area.replaceChildren(h('p.muted', { role: 'status' }, L('正在相加……', 'Adding up …')));
  list = await get('/api/state');
  await draw();
  document.addEventListener('keydown', event => { if (event.key === '/' && !typing(event)) { event.preventDefault(); $('#q')?.focus(); } });
  follow(list.revision, async () => { list = await get('/api/state'); await draw(); return list.revision; });
}

async function draw() {
  badge(list.counts.bad + list.counts.failed);
  try { sums = await get('/api/rollup?clean=' + clean); } catch (error) {
    area.replaceChildren(h('div.pagehead', h('h1', L('汇总', 'Sums'))), h('div.note', icon('info'), h('div', /** @type {Error} */ (error).message, ' ', h('a', { href: '/' }, L('去收件', 'To the inbox')))));
    return;
  }
  const query = $('#q')?.value || '';
  area.replaceChildren(head(), ...notes(), figures(), h('div.two', h('div.stack', ...charts('agencies')), h('div.stack', ...charts('shares'), left())), ...years(), tree());
  if (query) { $('#q').value = query; filter(query); }
}

const number = (/** @type {string | null} */ text) => (text === null || text === undefined ? null : Number(text));
const shown = (/** @type {string | null} */ text) => (text === null || text === undefined ? L('空白', 'blank') : n(Number(text)));
const sign = (/** @type {number} */ value, digits = 0) => (value > 0 ? '+' : value < 0 ? '−' : '') + Math.abs(value).toFixed(digits);

function head() {
  const which = h('select', { 'aria-label': L('算哪些', 'which'), onchange: (/** @type {any} */ event) => { clean = event.target.value === 'clean'; draw().catch(tell); } }, h('option', { value: 'all', selected: !clean }, L('读得出的报告', 'all that were read')), h('option', { value: 'clean', selected: clean }, L('只算没有错误的', 'only those without errors')));
  const file = (/** @type {string} */ name) => `/api/rollup/${encodeURIComponent(name)}?clean=${clean}`;
  /** @type {Record<string, [string, string]>} */ const names = { '汇总.xlsx': ['汇总.xlsx', L('总表、明细、同比、图', 'sums, details, charts')], '汇总报告.docx': [L('本级报告.docx', 'own report .docx'), L('文字留待撰写', 'text to be written')], '汇总报告.html': [L('本级网页.html', 'own page .html'), ''], '汇总.csv': ['汇总.csv', ''], 'values.jsonl': ['values.jsonl', L('供程序员', 'data')] };
  const items = sums.files.filter((/** @type {string} */ name) => names[name]).map((/** @type {string} */ name) => ({ text: names[name][0], k: names[name][1], href: file(name) }));
  return h('div.pagehead', h('h1', L(`${sums.superior || ''}${sums.year}年汇总`, `${sums.superior || ''} ${sums.year}`)), h('div.ctx', h('label', L('算哪些', 'Which'), which)), h('div.row', menu([icon('download'), L('下载', 'Download')], [...items, '-', { text: L('打印这一页', 'Print'), icon: 'print', run: () => print() }], 'btn.pri')));
}

function notes() {
  const { counts } = sums, parts = [];
  if (sums.listed && sums.missing.length) parts.push(L(`未报 ${sums.missing.length} 个单位`, `${sums.missing.length} agencies are missing`));
  if (sums.unreadable.length) parts.push(L(`已报未能读取 ${sums.unreadable.length} 个`, `${sums.unreadable.length} could not be read`));
  if (sums.unassigned.length) parts.push(L(`${sums.unassigned.length} 个文件未能读取，无法确定单位`, `${sums.unassigned.length} unreadable files of unknown agencies`));
  if (sums.others.length) parts.push(L(`年度或格式不符 ${sums.others.length} 份`, `${sums.others.length} of another year or form`));
  const outside = parts.length ? parts.join(L('，', ', ')) + L('，没有算进去。', ': not counted. ') : '';
  const wrong = sums.withErrors && !clean ? L(`有错误的 ${sums.withErrors} 份按报来的数（连同更正）算进去了。`, `${sums.withErrors} with errors are counted as they stand. `) : sums.withErrors ? L(`有错误的 ${sums.withErrors} 份没有算进去。`, `${sums.withErrors} with errors are left out. `) : '';
  const final = !outside && !wrong && !sums.broken.length;
  const broken = sums.broken.slice(0, 3).map((/** @type {any} */ one) => h('div', say(one)));
  const text = h('div', h('strong', final ? L('全部报齐，没有错误。', 'All reported, no errors.') : L('还不是最后的数。', 'Not final yet.')), ' ', outside, wrong, broken, final ? null : h('a', { href: '/' }, L('去处理', 'See them')));
  return [h('div.note.' + (final ? 'good' : 'warn'), { class: 'mb' }, icon(final ? 'check' : 'warn'), text), h('p.small.muted.mb', say(sums.said), counts.expected === null ? [' ', h('a', { href: '/settings#roster' }, L('放进单位名录', 'Add the agencies'))] : null)];
}

function figures() {
  const before = (/** @type {number} */ at) => number(sums.totalBefore?.[at] ?? null);
  const one = (/** @type {string} */ label, /** @type {number} */ at) => {
    const value = number(sums.total[at]), last = before(at);
    // Two sums of other agencies are no change.
    const change = value !== null && last && !sums.compared ? sign((value - last) / last * 100, 1) + '%' : null;
    return h('div', h('dt', { title: label }, brief(label, 14)), h('dd.v', value === null ? '—' : n(value)), h('dd.d', last === null ? '' : L(`上年 ${n(last)}${change ? '，' + change : ''}`, `last year ${n(last)}${change ? ', ' + change : ''}`)));
  };
  return h('dl.kpis.card', sums.columns.slice(0, 6).map(one));
}

const narrow = () => innerWidth < 768;
function charts(/** @type {string} */ kind) {
  return sums.charts.filter((/** @type {any} */ chart) => chart.kind === kind && chart.slices.length).map((/** @type {any} */ chart) => h('section.card', h('div.bd', h('figure.chart', h('figcaption', say(chart.title), kind === 'agencies' && sums.yearBefore ? h('span.small.muted', L('　灰条是上年', '  grey: last year')) : null), kind === 'agencies' ? bars(chart) : shares(chart)))));
}
function bars(/** @type {any} */ chart) {
  const top = chart.slices, width = narrow() ? 340 : 580, left = narrow() ? 140 : 190, right = 70, height = 27;
  const max = Math.max(1, ...top.map((/** @type {any} */ one) => Math.max(Number(one.value), Number(one.before || 0))));
  const x = (/** @type {number} */ value) => Math.max(0, (width - left - right) * value / max);
  const place = common(top.map((/** @type {any} */ one) => one.label));
  const short = (/** @type {string} */ name) => { const rest = name.slice(place); const most = narrow() ? 10 : 14; return rest.length > most ? rest.slice(0, most - 1) + '…' : rest; };
  return svg('svg', { viewBox: `0 0 ${width} ${top.length * height + 4}`, role: 'img', 'aria-label': say(chart.title) + L('：', ': ') + top.map((/** @type {any} */ one) => `${one.label} ${one.value}`).join(L('；', '; ')) }, svg('line', { class: 'axis', x1: left, x2: left, y1: 0, y2: top.length * height }), top.map((/** @type {any} */ one, /** @type {number} */ at) => [svg('text', { x: left - 8, y: at * height + 16, 'text-anchor': 'end' }, short(one.label)), svg('rect', { class: 'f1', x: left, y: at * height + 4, width: x(Number(one.value)), height: 11, rx: 1 }), one.before ? svg('rect', { class: 'fp', x: left, y: at * height + 16, width: x(Number(one.before)), height: 5, rx: 1 }) : null, svg('text', { x: left + x(Math.max(Number(one.value), Number(one.before || 0))) + 6, y: at * height + 16, 'font-weight': 600 }, n(Number(one.value)))]));
}
/** How many first characters all names share: the place, which is known. @param {string[]} names */
function common(names) {
  if (names.length < 2) return 0;
  let at = 0;
  while (at < 8 && names.every(name => name[at] && name[at] === names[0][at])) at++;
  while (at > 1 && !/[省市县区州盟旗镇]/.test(names[0][at - 1])) at--;
  return at > 1 && /[省市县区州盟旗镇]/.test(names[0][at - 1]) && names.every(name => name.length > at + 1) ? at : 0;
}
function shares(/** @type {any} */ chart) {
  const slices = chart.slices.map((/** @type {any} */ one, /** @type {number} */ at) => ({ ...one, value: Number(one.value || 0), cls: 'f' + (at % 6 + 1) }));
  const total = slices.reduce((/** @type {number} */ sum, /** @type {any} */ one) => sum + one.value, 0) || 1, width = narrow() ? 340 : 580;
  let x = 0;
  const drawn = slices.map((/** @type {any} */ one) => { const part = width * one.value / total; const rect = svg('rect', { class: one.cls, x, y: 0, width: Math.max(0, part - 1.5), height: 38 }); x += part; return rect; });
  return [svg('svg', { class: 'bar', preserveAspectRatio: 'none', viewBox: `0 0 ${width} 38`, role: 'img', 'aria-label': say(chart.title) + L('：', ': ') + slices.map((/** @type {any} */ one) => `${one.label} ${one.value}`).join(L('，', ', ')) }, drawn), h('ul.key', slices.map((/** @type {any} */ one) => h('li', svg('svg', { viewBox: '0 0 12 12', 'aria-hidden': 'true' }, svg('rect', { class: one.cls, width: 12, height: 12, rx: 2 })), h('span', one.label.replace(/^（[^）]*）|^\d+[.．]/, '').replace(/（.*/, '')), h('b', n(one.value)), h('span.muted', (one.value / total * 100).toFixed(1) + '%'))))];
}

function left() {
  const line = (/** @type {string} */ name, /** @type {any} */ state, /** @type {any} */ about) => h('tr', h('th', { scope: 'row' }, name), h('td', state), h('td.small', about));
  const told = new Set(sums.repeated.map((/** @type {any} */ one) => one.agency));
  const doubles = list.rows.filter((/** @type {any} */ row) => row.double && row.year === sums.year && !told.has(row.agency));
  const rows = [
    ...(sums.listed ? sums.missing : []).map((/** @type {string} */ name) => line(name, status('none', STATES.none[0], 'none'), '')),
    ...sums.unreadable.map((/** @type {any} */ one) => line(one.agency, status('failed', STATES.failed[0], 'filex'), one.file)),
    ...sums.unassigned.map((/** @type {string} */ file) => line(L('（未能确定单位）', '(agency unknown)'), status('failed', STATES.failed[0], 'filex'), file)),
    ...sums.repeated.map((/** @type {any} */ one) => line(one.agency, status('warn', L('重复报送', 'Twice'), 'dup'), L(`算了“${one.counted}”，${one.same ? '数字相同' : '数字不同'}`, `"${one.counted}" counts; ${one.same ? 'same figures' : 'other figures'}`))),
    ...doubles.map((/** @type {any} */ row) => line(row.agency, status('warn', L('重复报送', 'Twice'), 'dup'), h('a', { href: '/report?id=' + row.id }, L(`算了“${row.file}”，同时报来的另一份数字不同`, `"${row.file}" counts; another of the same delivery differs`)))),
    ...sums.others.map((/** @type {any} */ one) => line(one.agency || one.file, status('warn', !one.year ? L('年度不明', 'Year unknown') : one.year !== sums.year ? L(`${one.year}年度`, String(one.year)) : L('格式不符', 'Other form'), 'history'), one.file)),
  ];
  const unread = sums.unreadable.length + sums.unassigned.length, twice = sums.repeated.length + doubles.length;
  return h('section.card', { 'aria-labelledby': 'left-title' }, h('div.hd', h('h2.grow', { id: 'left-title' }, L(`未报 ${sums.listed ? sums.missing.length : 0}，重复报送 ${twice}，未能读取 ${unread}`, `Missing ${sums.listed ? sums.missing.length : 0}, twice ${twice}, unreadable ${unread}`))), rows.length ? h('div.xscroll', { tabindex: 0, role: 'region', 'aria-label': L('没有计入的', 'Not counted') }, h('table.cmp', h('caption.vh', L('未报、重复、未能读取的单位', 'Not counted')), h('tbody', rows))) : h('div.bd', h('p.muted', L('没有。', 'None.'))));
}

function years() {
  if (!sums.years.length) return [h('p.small.muted.mb', L('没有上年的数，不能同比。', 'There is nothing of last year to compare with.'), ' ', h('a', { href: '/settings#previous' }, L('放进上年', 'Add last year\'s')))];
  const row = (/** @type {any} */ one) => {
    const now = number(one.this), before = number(one.before), difference = now !== null && before !== null ? now - before : null, share = difference !== null && before ? difference / before * 100 : null;
    const big = share !== null && difference !== null && Math.abs(share) > 100 && Math.abs(difference) > 10;
    return h('tr', h('th', { scope: 'row' }, say(one.label), big && [' ', h('span.tag.warn', L('变动大', 'big change'))]), h('td.num', shown(one.this)), h('td.num', shown(one.before)), h('td.num', difference === null ? '—' : sign(difference, Number.isInteger(difference) ? 0 : 2)), h('td.num', { class: big ? 'big-change' : '' }, share === null ? '—' : sign(share, 1) + '%'));
  };
  const heads = [L('项目', 'Figure'), L(`${sums.year}年`, String(sums.year)), L(`${sums.yearBefore}年`, String(sums.yearBefore)), L('增减', 'Change'), L('增减比例', 'Share')];
  return [h('details.card.rest', { class: 'mb' }, h('summary', icon('right', 's chev'), h('h2', L('同比', 'Beside last year')), h('span.small.muted', L('变动超过一倍且多于 10 的标出', 'changes of more than 100 % and 10 are marked'))), sums.compared ? h('p.small.muted.inset', say(sums.compared)) : null, compare(sums.years.map(row), L('同比', 'Comparison'), () => h('tr', heads.map((text, at) => h('th' + (at ? '.num' : ''), { scope: 'col' }, text)))))];
}

/** @type {any} */ let body;
function tree() {
  const byName = new Map(list.rows.filter((/** @type {any} */ row) => row.agency).map((/** @type {any} */ row) => [row.agency, row]));
  const states = /** @type {Record<string, [string, string, string]>} */ ({ errors: ['bad', ...STATES.bad], clean: ['clean', ...STATES.clean], failed: ['failed', ...STATES.failed], other: ['other', ...STATES.other], none: ['none', ...STATES.none] });
  body = h('tbody', h('tr.tot', h('th', { scope: 'row' }, L('合计', 'Total')), h('td.small.muted', L(`${sums.counts.taken} 份`, sums.counts.taken)), sums.total.map((/** @type {any} */ value) => h('td.num', shown(value)))));
  let group = 0;
  for (const node of sums.tree) {
    const row = /** @type {any} */ (byName.get(node.name));
    if (node.below) group++;
    const own = row ? status(row.state, STATES[row.state][0], STATES[row.state][1]) : states[node.state] ? status(...states[node.state]) : h('span.muted', '—');
    const values = node.values.map((/** @type {any} */ value) => h('td.num' + (value === '0' ? '.zero' : ''), value === null ? (['none', 'failed', 'other'].includes(node.state) ? '' : L('空白', 'blank')) : n(Number(value))));
    const name = row?.id ? h('a', { href: '/report?id=' + row.id }, node.name) : node.name;
    if (node.below) {
      const cls = 'g' + group;
      const fold = h('button.tw', { type: 'button', 'aria-expanded': 'true', 'aria-label': L('收起或展开', 'fold ') + node.name, onclick: () => { const show = fold.getAttribute('aria-expanded') !== 'true'; fold.setAttribute('aria-expanded', String(show)); for (const one of $$('.' + cls, body)) one.hidden = !show; } }, icon('right', 's'));
      body.append(h('tr.g', h('th', { scope: 'rowgroup' }, fold, name), h('td.small.muted', row || node.state !== 'group' ? own : ''), values));
    } else body.append(h('tr.leaf' + (group ? '.g' + group : ''), h('th.in', { scope: 'row' }, name), h('td', own), values));
  }
  const search = h('div.search', icon('search'), h('input', { type: 'search', id: 'q', 'aria-label': L('查找单位', 'Find an agency'), placeholder: L('单位名', 'agency'), oninput: (/** @type {any} */ event) => filter(event.target.value.trim()) }), h('kbd.hide-s', '/'));
  return h('section.card.tree', { 'aria-labelledby': 'tree-title' }, h('div.hd', h('h2', { id: 'tree-title' }, L('单位', 'Agencies')), h('span.small.muted.grow', L('有下级的单位，数含下级。点单位看报告', 'A superior\'s figures include those below it.')), search), h('div.xscroll', { tabindex: 0, role: 'region', 'aria-label': L('各单位的数', 'Figures of the agencies') }, h('table.list', h('caption.vh', L('各单位主要数据，按名录的层级', 'Figures by agency')), h('thead', h('tr', h('th', { scope: 'col' }, L('单位', 'Agency')), h('th', { scope: 'col' }, L('状态', 'State')), sums.columns.map((/** @type {string} */ text) => h('th.num', { scope: 'col', title: text }, brief(text))))), body)));
}
/** A label short enough for the head of a column. @param {string} text @param {number} [most] */
function brief(text, most = 8) {
  const plain = text.replace(/^[一二三四五六七八九十]+、|^（[^）]*）|^\d+[.．]/, '').replace(/（.*/, '');
  return plain.length > most ? plain.slice(0, most) + '…' : plain;
}
function filter(/** @type {string} */ text) { for (const one of $$('tr.leaf', body)) one.hidden = !!text && !one.textContent.includes(text); }
