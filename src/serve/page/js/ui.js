// @ts-check
// What every screen shares: elements (never from a string of HTML), language, header, dialogs, keys, toasts.
import { icon } from './icons.js';

/** Chinese unless the browser wants English and no Chinese. */
const languages = navigator.languages || [navigator.language];
const firstKnown = languages.find(one => /^(zh|en)/i.test(one)) || 'zh';
export const zh = /^zh/i.test(firstKnown);
document.documentElement.lang = zh ? 'zh-CN' : 'en';
/** One of two texts. @param {string} chinese @param {string} english */
export const L = (chinese, english) => (zh ? chinese : english);
/** A message of the server. @param {any} message */
export const say = message => (message ? (zh ? message.zh : message.en) || message.zh || '' : '');

const NS = 'http://www.w3.org/2000/svg';
/** @param {any} element @param {any[]} children */
function add(element, children) {
  for (const child of children.flat(Infinity)) if (child !== null && child !== undefined && child !== false) element.append(child);
}
/** @param {string} tag @param {Record<string, any>} [attributes] @param {...any} children @returns {any} */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  add(element, children);
  return element;
}
/** h('button.btn.pri', { onclick }, 'text') @param {string} selector @param {any} [attributes] @param {...any} children @returns {any} */
export function h(selector, attributes, ...children) {
  const [tag, ...classes] = selector.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  if (typeof attributes === 'number' || (attributes && (attributes.nodeType || typeof attributes === 'string' || Array.isArray(attributes)))) {
    children.unshift(attributes);
    attributes = null;
  }
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), /** @type {any} */(value));
    else if (name === 'class') element.className += ' ' + value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  add(element, children);
  return element;
}
export const $ = (/** @type {string} */ selector, /** @type {any} */ root = document) => root.querySelector(selector);
export const $$ = (/** @type {string} */ selector, /** @type {any} */ root = document) => [...root.querySelectorAll(selector)];
export const param = (/** @type {string} */ name) => new URLSearchParams(location.search).get(name);
export const n = (/** @type {number} */ value) => value.toLocaleString(zh ? 'zh-CN' : 'en');
export const size = (/** @type {number} */ bytes) => (bytes > 1048576 ? (bytes / 1048576).toFixed(1) + ' MB' : Math.max(1, Math.round(bytes / 1024)) + ' KB');
/** A point in time as people say it: 1月20日 15:02. @param {string | null} at */
export function when(at) {
  const found = /^(\d+)-(\d+)-(\d+)(?:T(\d+:\d+))?/.exec(at || '');
  if (!found) return at || '';
  const [, year, month, day, time] = found;
  const own = Number(year) === new Date().getFullYear();
  const date = zh ? `${own ? '' : year + '年'}${+month}月${+day}日` : `${own ? '' : year + '-'}${month}-${day}`;
  return date + (time ? ' ' + time : '');
}
/** @param {string} state @param {string} name @param {string} ic @param {boolean} [pill] */
export const status = (state, name, ic, pill) => h('span.st.' + state + (pill ? '.pill' : ''), icon(ic, 's'), name);
/** A menu; an item is '-', or { text, k, icon, run } or { text, href }. @param {any} label @param {any[]} items @param {string} [cls] */
export function menu(label, items, cls = 'btn') {
  const close = () => { box.open = false; };
  const entry = (/** @type {any} */ item) => {
    if (item === '-') return h('hr');
    const inside = [icon(item.icon || 'download'), item.text, item.k && h('span.k', item.k)];
    return item.href ? h('a', { href: item.href, download: '', onclick: close }, inside) : h('button', { type: 'button', onclick: () => { close(); item.run(); } }, inside);
  };
  const box = h('details.menu', h('summary.' + cls, label, icon('down', 's')), h('div', items.filter(Boolean).map(entry)));
  return box;
}
document.addEventListener('click', event => {
  for (const box of $$('details.menu[open]')) if (!box.contains(/** @type {any} */(event.target))) box.open = false;
});
/** @type {any} */ let timer;
/** @param {string} text @param {[string, () => void] | null} [act] */
export function toast(text, act = null) {
  $('.toast')?.remove();
  const box = h('div.toast', { role: 'status' }, h('span', text), act && h('button', { type: 'button', onclick: () => { box.remove(); act[1](); } }, act[0]));
  (($$('dialog[open]').pop()) || document.body).append(box);
  clearTimeout(timer);
  timer = setTimeout(() => box.remove(), 8000);
}
/** @param {string} title @param {any[]} body @param {any[]} foot */
export function dialog(title, body, foot) {
  const opener = /** @type {any} */ (document.activeElement);
  const close = h('button.btn.ghost.ic', { type: 'button', 'aria-label': L('关闭', 'Close'), onclick: () => box.close() }, icon('x'));
  const form = h('form', { method: 'dialog', novalidate: true }, h('div.hd', h('h2', { id: 'dialog-title' }, title), close), h('div.bd', body), h('div.ft', foot));
  const box = h('dialog', { 'aria-labelledby': 'dialog-title' }, form);
  box.addEventListener('close', () => { box.remove(); if (opener?.isConnected) opener.focus(); });
  document.body.append(box);
  box.showModal();
  ($('.bd textarea, .bd input', box) || $('.ft .pri', box))?.focus();
  return box;
}
export const cancel = (text = L('取消', 'Cancel')) => h('button.btn', { type: 'button', onclick: (/** @type {any} */ event) => event.target.closest('dialog').close() }, text);
/** Asks for a reason, which everything needs. @param {string} title @param {string[]} quick @param {any[]} more @param {string} go @param {(reason: string) => Promise<void>} run */
export function reasonDialog(title, quick, more, go, run) {
  const field = reasonField(quick);
  const box = dialog(title, [...more, field.box], [cancel(), h('button.btn.pri', { type: 'submit', onclick: submit }, go)]);
  async function submit(/** @type {Event} */ event) {
    event.preventDefault();
    const reason = field.value();
    if (!reason) return;
    await run(reason);
    if (box.isConnected) box.close();
  }
  return box;
}
/** A field for a reason. @param {string[]} quick @param {string} [label] @param {string} [preset] */
export function reasonField(quick, label = L('依据', 'Reason'), preset = '') {
  const error = h('span.err', { id: 'basis-error', hidden: true }, L('请写依据。以后有人问起，凭它说明为什么。', 'Write the reason; it explains later why this was done.'));
  const text = h('textarea', { id: 'basis', rows: 2, required: true, 'aria-describedby': 'basis-error' });
  text.value = preset;
  const fill = (/** @type {string} */ one) => h('button', { type: 'button', onclick: () => { text.value = one + (one === L('电话核实', 'By telephone') ? L('：', ': ') : ''); text.focus(); } }, one);
  const box = h('div.field', h('label', { for: 'basis' }, label, h('span.req', L('必填', 'required'))), text, error, quick.length ? h('div.quick', { role: 'group', 'aria-label': L('常用的依据', 'Common reasons') }, quick.map(fill)) : null);
  const value = () => {
    const written = text.value.trim();
    error.hidden = !!written;
    if (written) return written;
    text.setAttribute('aria-invalid', 'true');
    text.focus();
    return '';
  };
  return { box, text, value };
}
const PAGES = [['/', L('收件', 'Inbox'), 'inbox', '1'], ['/rollup', L('汇总', 'Sums'), 'sum', '2'], ['/log', L('记录', 'Log'), 'history', '3'], ['/settings', L('设置', 'Settings'), 'gear', '4']];
/** Header and footer. @param {string} active @param {any} session */
export function shell(active, session) {
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme:dark)').matches);
  const turn = () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    try { localStorage.setItem('theme', root.dataset.theme); } catch { /* a private window */ }
    theme.replaceChildren(icon(dark() ? 'sun' : 'moon'));
  };
  const theme = h('button.btn.ghost.ic', { type: 'button', 'aria-label': L('切换深色和浅色', 'Dark or light'), title: L('深色、浅色', 'Dark, light'), onclick: turn }, icon(dark() ? 'sun' : 'moon'));
  const page = (/** @type {string[]} */ [url, text, ic]) => h('a', { href: url, 'aria-current': url === active ? 'page' : null }, icon(ic), text, url === '/' ? h('span.n', { id: 'badge', hidden: true }) : null);
  const brand = h('a.brand', { href: '/' }, h('span.seal', { 'aria-hidden': 'true' }, h('b', '年报')), h('span', h('strong', L('年报收件核对', 'Annual reports')), h('small', session.office || '')));
  const keys = h('button.btn.ghost.ic.hide-s', { type: 'button', 'aria-label': L('键盘操作', 'Keys'), title: L('键盘操作（?）', 'Keys (?)'), onclick: keysHelp }, icon('keys'));
  const who = h('a.who', { href: '/settings#lan', title: L('记录里写的名字', 'The name in the log') }, icon('user'), h('span', session.name));
  document.body.prepend(h('a.skip', { href: '#main' }, L('跳到正文', 'Skip to the content')), h('header.top', h('div.top-in', brand, h('nav.nav', { 'aria-label': L('主要页面', 'Pages') }, PAGES.map(page)), h('div.top-r', keys, theme, who))));
  document.body.append(h('footer.foot', h('span', L('文件只在这台电脑上处理，不上网。', 'Files stay on this machine.')), h('span', L('工作文件夹：', 'Work folder: ') + session.folder), h('span', 'nianbao ' + session.version)));
  document.addEventListener('keydown', event => {
    if (typing(event)) return;
    if (event.key === '?') { event.preventDefault(); keysHelp(); }
    const target = PAGES.find(one => one[3] === event.key);
    if (target && event.altKey) location.href = target[0];
  });
}
/** How many reports have errors, beside the first page's name. @param {number} errors */
export function badge(errors) {
  const box = $('#badge');
  if (!box) return;
  box.hidden = !errors;
  box.replaceChildren(h('span.vh', L('，有错误', ', with errors: ')), String(errors), h('span.vh', L('份', '')));
}
export const typing = (/** @type {KeyboardEvent} */ event) => event.ctrlKey || event.metaKey || !!/** @type {any} */(event.target).closest?.('input:not([type=checkbox]):not([type=radio]),textarea,select,dialog');
export function keysHelp() {
  const k = (/** @type {string[]} */ keys, /** @type {string} */ text) => [h('dt', keys.map(key => h('kbd', key))), h('dd', text)];
  dialog(L('键盘操作', 'Keys'), [h('dl.keys',
    k(['j', 'k'], L('下一行、上一行（收件）；下一个、上一个问题（核对）', 'Next, previous row or finding')),
    k(['Enter'], L('打开这一行；到出错的那一格', 'Open the row; go to the cell')),
    k(['x'], L('选中这一行', 'Choose the row')), k(['/'], L('查找单位、文件', 'Find')),
    k(['e'], L('更正这一格', 'Correct')), k(['a'], L('接受这个问题', 'Accept')), k(['r'], L('退回修改', 'Send back')),
    k(['↑', '↓', '←', '→'], L('在表里走格', 'Move among cells')), k(['['], L('上一份报告', 'Previous report')), k([']'], L('下一份报告', 'Next report')),
    k(['u'], L('回到收件', 'Back to the inbox')), k(['Alt', '1…4'], L('收件、汇总、记录、设置', 'The four pages')), k(['Esc'], L('关闭', 'Close')), k(['?'], L('这张表', 'This list')))],
  [h('button.btn.pri', { value: 'ok' }, L('知道了', 'OK'))]);
}
