// @ts-check
// Coming in from another machine: a name for the log, and the password.
import { $, L, h } from './ui.js';
import { icon } from './icons.js';
import { post } from './api.js';

export function show() {
  document.title = L('登录 · 年报', 'Come in · nianbao');
  const main = $('#main');
  main.className = 'center';
  const error = h('p.err', { id: 'password-error', hidden: true, role: 'alert' });
  const name = h('input', { type: 'text', id: 'name', autocomplete: 'name', maxlength: 30, 'aria-describedby': 'name-hint' });
  const password = h('input', { type: 'password', id: 'password', required: true, autocomplete: 'current-password', 'aria-describedby': 'password-hint password-error' });
  const caps = h('p.small', { hidden: true, role: 'status' }, L('大写锁定开着。', 'Caps lock is on.'));
  password.addEventListener('keyup', (/** @type {any} */ event) => { caps.hidden = !event.getModifierState?.('CapsLock'); });
  const see = h('button.btn.ic', { type: 'button', 'aria-label': L('显示口令', 'Show the password'), 'aria-pressed': 'false', onclick: () => { const hidden = password.type === 'password'; password.type = hidden ? 'text' : 'password'; see.setAttribute('aria-pressed', String(hidden)); } }, icon('eye'));
  const fail = (/** @type {string} */ text, /** @type {any} */ at) => { error.hidden = false; error.textContent = text; password.setAttribute('aria-invalid', 'true'); at.focus(); };
  const enter = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!name.value.trim() || !password.value) return fail(L('请填名字和口令。', 'Fill in the name and the password.'), name.value.trim() ? password : name);
    try {
      await post('/api/session', { name: name.value, password: password.value });
      location.href = '/';
    } catch (wrong) { fail(/** @type {Error} */ (wrong).message, password); }
  };
  main.replaceChildren(h('form.card', { onsubmit: enter, novalidate: true },
    h('div.row', h('span.seal', { 'aria-hidden': 'true' }, h('b', '年报')), h('div', h('h1', L('年报收件核对', 'Annual reports')))),
    h('div.field', h('label', { for: 'name' }, L('您的名字', 'Your name')), name, h('span.hint', { id: 'name-hint' }, L('写进记录：谁在什么时候改了哪一格', 'Goes into the log: who changed what and when'))),
    h('div.field', h('label', { for: 'password' }, L('口令', 'Password')), h('div.row', { class: 'nw2' }, h('span.grow', password), see), h('span.hint', { id: 'password-hint' }, L('向放置本程序的同事要', 'Ask the colleague on whose machine the program runs')), caps, error),
    h('button.btn.pri.wide', { type: 'submit' }, L('进入', 'Come in')), h('p.small.muted', icon('lock', 's'), ' ', L('文件不出放程序的那台电脑。', 'Files stay on the machine that runs the program.'))));
  name.focus();
}
