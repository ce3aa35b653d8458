// @ts-check
// Files on their way to the server: several at once, each with its progress from the first byte; one that is refused hurts no other.
import { $, L, h, size } from './ui.js';
import { icon } from './icons.js';
import { send } from './api.js';

/** How many are sent at once; a browser keeps six connections to a host. */
const AT_ONCE = 3;

/** @typedef {{ file: File, phase: 'waiting' | 'sending' | 'taken' | 'known' | 'refused', part: number, why: string, box: any }} Job */
/** @type {Job[]} */ export const jobs = [];
let sending = 0, delivery = '';
/** @type {() => void} */ let ended = () => {};

/** Sends files; `done` is called when the last one has been answered. @param {File[]} files @param {() => void} done */
export function upload(files, done) {
  const real = files.filter(file => !/^(\.|~\$)|^(thumbs\.db|desktop\.ini)$/i.test(file.name));
  if (!real.length) return;
  if (!sending) { delivery = Date.now().toString(36) + Math.random().toString(36).slice(2, 8); for (let k = jobs.length; k--;) if (jobs[k].phase !== 'refused') jobs.splice(k, 1); }
  ended = done;
  for (const file of real) jobs.push({ file, phase: 'waiting', part: 0, why: '', box: null });
  draw();
  for (let k = 0; k < AT_ONCE; k++) next();
}

async function next() {
  if (sending >= AT_ONCE) return;
  const job = jobs.find(one => one.phase === 'waiting');
  if (!job) { if (!sending) ended(); return; }
  sending++;
  job.phase = 'sending';
  show(job);
  try {
    const url = `/api/files?name=${encodeURIComponent(job.file.name)}&drop=${delivery}`;
    const answer = await send('POST', url, job.file, part => { job.part = part; show(job); });
    job.phase = answer.known ? 'known' : 'taken';
  } catch (error) {
    job.phase = 'refused';
    job.why = /** @type {Error} */ (error).message;
  }
  sending--;
  show(job);
  next();
}

/** @type {any} */ let head = null;
/** The lists of files, by phase: those refused or being sent are shown, the others are folded away. @type {Record<string, any>} */
let lists = {};
/** @type {[any, any, (many: number) => string][]} */ let folds = [];
/** The part of the screen that shows them. */
export function uploads() {
  head = h('span.grow.muted.small', { role: 'status' });
  const [refused, sending, waiting, taken] = ['refused', 'sending', 'waiting', 'taken'].map(name => h('ul.upl', { 'data-phase': name }));
  lists = { refused, sending, waiting, taken, known: taken };
  const fold = (/** @type {any} */ list, /** @type {(many: number) => string} */ words) => { const title = h('span'); const box = h('details.rest', { hidden: true }, h('summary', icon('right', 's chev'), title), list); folds.push([box, title, words]); return box; };
  folds = [];
  const waits = fold(waiting, many => L(`等待上传 ${many} 个`, `${many} waiting`));
  const here = fold(taken, many => L(`已收下 ${many} 个，看清单`, `${many} taken: the list`));
  const close = h('button.btn.sm.ghost', { type: 'button', onclick: () => { jobs.splice(0, jobs.length, ...jobs.filter(job => job.phase === 'waiting' || job.phase === 'sending')); draw(); } }, L('收起', 'Hide'));
  const box = h('section.card.prog', { 'aria-labelledby': 'uploads-title', id: 'uploads', hidden: true }, h('div.hd', h('h2', { id: 'uploads-title' }, L('收文件', 'Receiving')), head, close), refused, sending, waits, here);
  draw();
  return box;
}

function draw() {
  if (!head) return;
  $('#uploads')?.toggleAttribute('hidden', !jobs.length);
  for (const list of Object.values(lists)) list.replaceChildren();
  for (const job of jobs) { job.box = h('li'); show(job); }
  count();
}

function count() {
  const of = (/** @type {string} */ phase) => jobs.filter(job => job.phase === phase).length;
  const parts = [[of('taken'), L('已收下', 'taken')], [of('known'), L('早已收过', 'here already')], [of('refused'), L('没有收下', 'not taken')], [of('sending') + of('waiting'), L('还在传', 'to go')]];
  const said = parts.filter(one => one[0]).map(one => (document.documentElement.lang === 'en' ? `${one[0]} ${one[1]}` : `${one[1]} ${one[0]}`));
  head.textContent = said.join(L('，', ', '));
  const many = [of('waiting'), of('taken') + of('known')];
  folds.forEach(([box, title, words], at) => { box.hidden = !many[at]; title.textContent = words(many[at]); });
  document.body.classList.toggle('is-uploading', !!sending);
}

/** @type {Record<string, [string, string]>} */
const LOOK = { waiting: ['none', 'wait'], sending: ['fixed', 'spin'], taken: ['clean', 'check'], known: ['none', 'dup'], refused: ['bad', 'alert'] };
/** @param {Job} job */
function show(job) {
  if (!job.box) return;
  const [cls, ic] = LOOK[job.phase];
  const percent = Math.round(job.part * 100);
  const words = { waiting: L('等待上传', 'waiting'), sending: percent < 100 ? `${L('上传', 'sending')} ${percent}%` : L('正在存', 'saving'), taken: L('已收下', 'taken'), known: L('早已收过，内容相同', 'here already, same content'), refused: L('没有收下', 'not taken') };
  const measure = job.phase === 'sending' ? h('progress', { max: 100, value: percent, 'aria-label': job.file.name }) : h('span.sz.small.muted', size(job.file.size));
  if (job.box.parentNode !== lists[job.phase]) lists[job.phase].append(job.box);
  job.box.replaceChildren(h('span.st.' + cls, icon(ic, ic)), h('span.fn', { title: job.file.name }, job.file.name), h('span.ph', words[job.phase]), measure, h('span.act'), job.why ? h('span.why', job.why) : '');
  count();
}
addEventListener('beforeunload', event => { if (sending) event.preventDefault(); });

/** The files of a drop, folders searched through. @param {DataTransfer} data @returns {Promise<File[]>} */
export async function dropped(data) {
  const entries = [...data.items].map(item => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...data.files];
  /** @type {File[]} */ const files = [];
  const walk = async (/** @type {any} */ entry) => {
    if (entry.isFile) files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    else if (entry.isDirectory) {
      const reader = entry.createReader();
      for (;;) {
        /** @type {any[]} */ const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (!some.length) break;
        for (const one of some) await walk(one);
      }
    }
  };
  for (const entry of entries) await walk(entry);
  return files;
}
