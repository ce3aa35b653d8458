// @ts-check
// Screens that say what is wrong and what to do.
import { $, L, h } from './ui.js';
import { icon } from './icons.js';

/** @type {Record<string, [string, string, string[], [string, string] | null]>} */
const KINDS = {
  token: [L('请从“年报”图标打开', 'Open this page from its icon'), L('这个网页要由本机的“年报”程序打开，才知道是您本人。换了浏览器、清过浏览记录以后，要重新打开一次。', 'The program opens this page itself, so that it knows you. In another browser open it once more.'), [L('双击桌面或开始菜单里的“年报”。', 'Start the program again.'), L('它会自动打开浏览器，已收的文件和更正都在。', 'It opens the browser; everything is still there.')], null],
  'unknown-host': [L('网址不对', 'Not an address of this program'), L('用别的名字打开，可能是有网页想冒用，已经拦下，没有读到任何文件。', 'Another page may have tried to use it. Nothing was read.'), [L('请从“年报”图标打开。', 'Open the page from its icon.')], null],
  'other-site': [L('这个请求来自别的网站', 'This request came from another site'), L('已经拦下，没有读到任何文件，也没有改动。', 'It was stopped; nothing was read or changed.'), [L('回到收件继续。', 'Go back to the inbox.')], ['/', L('回到收件', 'To the inbox')]],
  'not-found': [L('没有这一项', 'There is no such thing here'), L('可能已被删除，或者网址抄错了一段。', 'It may have been taken out, or the address is wrong.'), [L('回到收件，用单位名查找。', 'Find it in the inbox by the agency.'), L('如果是同事删的，“记录”里有是谁、什么时候，可以撤销。', 'If a colleague took it out, the log says who and when, and it can be undone.')], ['/', L('回到收件', 'To the inbox')]],
  stopped: [L('程序已经关了', 'The program has ended'), L('这台电脑上的“年报”没有在运行。您做过的都已经存好。', 'The program does not run. What was done is saved.'), [L('双击“年报”图标重新打开。', 'Start it again.'), L('然后刷新这个页面。', 'Then load this page again.')], null],
  internal: [L('程序出了错', 'The program failed'), L('这一步没有做成，已经收到的文件和更正没有受影响。', 'This step did not work. Files and corrections are not affected.'), [L('再试一次。', 'Try again.'), L('还是这样，请把下面的话发给技术人员。', 'If it fails again, send the line below to whoever maintains it.')], ['/', L('回到收件', 'To the inbox')]],
};

/** @param {string} kind @param {Error & { code?: string, status?: number }} [error] */
export function show(kind, error) {
  const [title, why, steps, go] = KINDS[kind] || KINDS.internal;
  document.title = title + L(' · 年报', ' · nianbao');
  const main = $('#main');
  main.className = 'center';
  const detail = error && !KINDS[kind] ? error.message : '';
  main.replaceChildren(h('div.card.wide', h('div.row', h('span.seal', { 'aria-hidden': 'true' }, h('b', '年报')), h('h1', title)), h('p', why), h('div', h('h2', L('怎么办', 'What to do')), h('ol.do', { class: 'mt' }, steps.map(step => h('li', step)))), go && h('div.row', h('a.btn.pri', { href: go[0] }, go[1])), detail && h('p', detail), h('p.errcode', icon('info', 's'), ' ', L('给技术人员看：', 'For whoever maintains it: '), error?.code || kind)));
}
