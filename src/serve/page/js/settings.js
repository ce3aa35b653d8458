// @ts-check
// 设置: the form, the agencies, last year, templates, letters, the site, other machines, the folder.
import { $, $$, L, badge, h, say, shell, size, status, toast } from './ui.js';
import { icon } from './icons.js';
import { Fault, ask, get, post, send, tell } from './api.js';

const SECTIONS = [['form', L('表式', 'Form')], ['roster', L('单位名录', 'Agencies')], ['previous', L('上年', 'Last year')], ['template', L('模板', 'Template')], ['letter', L('通知', 'Letters')], ['site', L('站点', 'Site')], ['lan', L('多人使用', 'Other machines')], ['store', L('数据和备份', 'Data and copies')]];
let /** @type {any} */ all, /** @type {any} */ session, /** @type {any} */ bar, /** @type {any} */ area;
/** @type {Record<string, string>} */ let changed = {};

/** @param {any} who */
export async function show(who) {
  session = who;
  shell('/settings', who);
  document.title = L('设置 · 年报', 'Settings · nianbao');
  const state = await get('/api/state');
  badge(state.counts.bad + state.counts.failed);
  bar = h('div.savebar', { hidden: true }, h('span.grow', L('有没保存的改动', 'Not saved yet')), h('button.btn', { type: 'button', onclick: () => { changed = {}; draw(); } }, L('放弃', 'Discard')), h('button.btn.pri', { type: 'button', onclick: save }, L('保存', 'Save')));
  area = h('div');
  all = await get('/api/settings');
  $('#main').append(h('div.pagehead', h('h1', L('设置', 'Settings')), h('span.small.muted', L('存在工作文件夹的 nianbao.toml 里，命令行用的是同一个文件。', 'Kept in nianbao.toml of the work folder, which the command line uses too.'))), h('div.set', h('nav', { 'aria-label': L('设置的各部分', 'Parts') }, SECTIONS.map(([id, text]) => h('a', { href: '#' + id }, text))), h('div', area, bar)));
  draw();
  if (location.hash) $(location.hash)?.scrollIntoView();
}
async function reload() { all = await get('/api/settings'); draw(); }
async function save() {
  try {
    await ask('PUT', '/api/settings', changed);
    changed = {};
    toast(L('已保存，全部重新核对。', 'Saved; everything is checked again.'));
    await reload();
  } catch (error) { tell(error); }
}
function dirty() { bar.hidden = !Object.keys(changed).length; }

const value = (/** @type {string} */ key) => changed[key] ?? all.values[key] ?? '';
/** @param {string} key @param {string} label @param {string} [hint] */
function field(key, label, hint) {
  const input = h('input', { type: 'text', id: 's-' + key, value: value(key), 'aria-describedby': hint ? `s-${key}-h` : null, oninput: (/** @type {any} */ event) => { changed[key] = event.target.value; dirty(); } });
  return h('div.field', h('label', { for: 's-' + key }, label), input, hint && h('span.hint', { id: `s-${key}-h` }, hint));
}
/** @param {string} id @param {any} side @param {...any} children */
function section(id, side, ...children) {
  return h('section.card', { id, 'aria-labelledby': id + '-t' }, h('div.hd', h('h2.grow', { id: id + '-t' }, SECTIONS.find(one => one[0] === id)?.[1]), side), h('div.bd', children));
}
/** Why a setting cannot be used. @param {string} key */
const wrong = key => (all.described.wrong || []).filter((/** @type {any} */ one) => one.key === key).map((/** @type {any} */ one) => h('div.note.bad', { class: 'mb' }, icon('alert'), h('div', say(one.message))));

/** A setting that is a file. @param {string} key @param {string} none @param {any} about @param {string} accept @param {boolean} [many] */
function file(key, none, about, accept, many = false) {
  const pick = h('input.vh', { type: 'file', accept, multiple: many, tabindex: -1, 'aria-hidden': 'true', onchange: (/** @type {any} */ event) => put([...event.target.files]) });
  const put = async (/** @type {File[]} */ files) => {
    try {
      for (const one of files) await send('PUT', `/api/settings/${key}?name=${encodeURIComponent(one.name)}`, one);
      toast(L('已收下，全部重新核对。', 'Taken; everything is checked again.'));
    } catch (error) { toast(error instanceof Fault ? error.message : String(error)); }
    await reload();
  };
  const drop = async () => { try { await ask('DELETE', '/api/settings/' + key); await reload(); } catch (error) { tell(error); } };
  const set = all.values[key];
  return h('div.filebox', icon('file'), h('span.grow', h('b', set ? shownName(key, set) : none), h('span.small.muted.blk', about)), pick, h('button.btn.sm', { type: 'button', onclick: () => pick.click() }, set && !many ? L('换文件', 'Change') : L('选择文件', 'Choose')), set && h('button.btn.sm.ghost', { type: 'button', onclick: drop }, L('不用', 'Do not use')));
}
const shownName = (/** @type {string} */ key, /** @type {string} */ text) => (key === 'previous' && all.given.length ? [...new Set(all.given.map((/** @type {any} */ one) => one.name))].slice(-3).join(L('、', ', ')) : all.names[key] || text.split('/').pop());

function draw() {
  const d = all.described || {}, agencies = d.agencies;
  const option = (/** @type {string} */ id, /** @type {any} */ title, /** @type {any} */ about) => h('label.opt' + (value('form') === id ? '.on' : ''), h('input', { type: 'radio', name: 'form', value: id, checked: value('form') === id, onchange: () => { changed.form = id; for (const one of $$('.opt')) one.classList.toggle('on', one.querySelector('input:checked')); dirty(); } }), h('span', h('b', title), h('span.small.muted.blk', about)));
  const forms = (d.forms || []).map((/** @type {any} */ form) => option(form.id, say(form.name), [form.basis, form.years ? L(`${form.years[0]}${form.years[1] > 2100 ? '年度起' : '—' + form.years[1] + '年度'}`, `${form.years[0]}–${form.years[1] > 2100 ? '' : form.years[1]}`) : null, form.fields ? L(`${form.fields} 格`, `${form.fields} figures`) : L('行数随报告', 'rows as reported'), L(`${form.rules} 类勾稽关系`, `${form.rules} rules`), form.draft ? L('草稿，未经原件核对', 'a draft') : null].filter(Boolean).join(L('，', ', '))));
  const people = agencies ? agencies.list.filter((/** @type {any} */ one) => !one.top).length : 0;
  const password = h('input', { type: 'password', id: 's-password', autocomplete: 'new-password', minlength: 8 });
  const setPassword = async () => { try { await post('/api/password', { password: password.value }); password.value = ''; toast(L('口令已改。', 'The password was changed.')); } catch (error) { tell(error); } };
  area.replaceChildren(
    section('form', null, h('fieldset.opts', h('legend.vh', L('表式', 'Form')), option('', L('按文件自己认', 'By the file itself'), L('各种格式混在一起也可以', 'any mixture of forms')), forms), wrong('mappings'), file('mappings', L('加自己的表式', 'A form of your own'), L('表式文件（.toml），可以加多个', 'mapping files (.toml)'), '.toml', true), field('year', L('年度', 'Year'), L('空着就按收到的报告取', 'empty: by the reports that came'))),
    section('roster', agencies ? status('clean', L(`${people} 个单位`, `${people} agencies`), 'check') : null, wrong('agencies'), file('agencies', L('还没有选名录', 'No list yet'), L('Excel、CSV：单位名称、上级、类型、联系方式；首行是栏名', 'Excel or CSV with headings'), '.xlsx,.xls,.csv,.toml,.et,.ods'), (agencies?.said || []).map((/** @type {any} */ one) => h('p.small.muted', say(one)))),
    section('previous', null, file('previous', L('还没有放进上年', 'Nothing of last year yet'), L('上年的汇总.xlsx，或上年各单位的报告（可一次选多个）', 'last year\'s 汇总.xlsx, or its reports'), '', true), keptLine()),
    section('template', null, wrong('template'), file('template', L('用规定的版面', 'The prescribed form'), L('本单位统一的 Word 或 Excel 表，不需要任何标记', 'the office\'s own Word file or workbook'), '.docx,.xlsx'), (d.template || []).map((/** @type {any} */ one) => h('p.small.muted', say(one)))),
    section('letter', null, h('div.cols', field('author', L('批注和修订的作者', 'Author of comments'), L('写在批注件、修订件里', 'in copies of sent files')), field('office', L('办公室名称', 'Office'), L('显示在页面左上角', 'at the top of the page')), ...letterFields())),
    section('site', null, h('div.cols', field('site-name', L('网站名称', 'Name of the site'), 'SiteName'), field('site-id', L('网站标识码', 'Code of the site'), L('10 位', 'ten characters')), field('site-domain', L('域名', 'Domain')), field('column', L('栏目名称', 'Column'))), wrong('page-template'), file('page-template', L('用内置的网页', 'The built-in page'), L('网站的网页模板，{{ body }} 处放报告', 'a page of the site with {{ body }}'), '.html,.htm')),
    section('lan', all.lan ? status('clean', L('其他电脑可以打开', 'Open to other machines'), 'user') : status('none', L('只在这台电脑', 'This machine only'), 'lock'), h('div.cols', field('name', L('我的名字', 'My name'), L('记录里写的名字', 'in the log')), session.own && all.lan ? h('div.field', h('label', { for: 's-password' }, L('改口令', 'Password')), password, h('div.row', h('button.btn.sm', { type: 'button', onclick: setPassword }, L('改', 'Set'))), h('span.hint', L('至少 8 个字；只存校验值，忘了就另设', 'at least 8 characters'))) : null), all.lan ? h('p', L('其他电脑用这个网址：', 'For other machines: '), h('b', all.address || '')) : h('p.muted', L('要让办公室的其他电脑也能打开，用“nianbao serve --lan”启动；其他人要输口令和自己的名字。只在可信的内网里开。', 'Start it with --lan to let other machines in, by a password and a name.'))),
    section('store', status('clean', L('好', 'Good'), 'check'), h('div.filebox', icon('folder'), h('span.grow', h('b', all.folder), h('span.small.muted.blk', L(`${all.stored.files} 个文件，${size(all.stored.bytes)}；复制这个文件夹，或下载成一个压缩包，就是备份`, `${all.stored.files} files, ${size(all.stored.bytes)}; a copy of this folder, or the archive, is a backup`))), h('button.btn.sm', { type: 'button', onclick: () => navigator.clipboard?.writeText(all.folder).then(() => toast(L('已复制路径。', 'Copied.'))) }, icon('copy', 's'), L('复制路径', 'Copy the path')), h('a.btn.sm', { href: '/api/backup', download: '' }, icon('download', 's'), L('下载备份', 'Download a copy'))), h('div.cols', field('limit', L('单个文件最大（MB）', 'Largest file (MB)'), L('1 到 64', '1 to 64')))));
  dirty();
}
/** Last year's reports that are in the folder. */
function keptLine() {
  const { year, count } = all.kept;
  if (!count) return h('p.small.muted.mt', L('上年各单位的报告也可以直接拖进收件页，会自动用来对照和同比。', 'Reports of last year may be dropped into the inbox too.'));
  return h('p.small.muted.mt', all.values.previous ? L(`收件里还有 ${count} 个单位的${year}年度报告；上面的文件里没有的单位，用这些对照。`, `The inbox has reports of ${year} of ${count} agencies; they stand in where the files above have none.`) : L(`收件里有 ${count} 个单位的${year}年度报告，已自动用来对照和同比，不用另放。`, `The inbox has reports of ${year} of ${count} agencies, which are compared with already.`));
}
/** @returns {any[]} */
function letterFields() {
  return [
    field('sender', L('署名单位', 'Sender'), L('通知落款', 'who signs letters')),
    field('number', L('文号', 'Document number'), L('可以不写', 'optional')),
    field('deadline', L('答复期限', 'Answer by'), L('如 2026-01-26', 'such as 2026-01-26')),
    field('date', L('成文日期', 'Date'), L('如 2026-01-12', 'such as 2026-01-12')),
    field('reply-to', L('回复方式', 'Reply to'), L('邮箱或系统', 'where the answer goes')),
    field('contact', L('联系人', 'Contact')),
    field('phone', L('电话', 'Telephone')),
  ];
}
