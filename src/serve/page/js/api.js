// @ts-check
// The server: requests with the token of writes, what went wrong in words, and waiting for changes.
import { L, h, say, toast } from './ui.js';
import { icon } from './icons.js';

/** Something that was not done. */
export class Fault extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(say(body?.message) || L('没有做成，请再试一次。', 'That did not work; try again.'));
    this.status = status;
    this.code = body?.code || '';
    this.body = body;
  }
}

let token = '';
/** @param {string} method @param {string} url @param {any} [body] @returns {Promise<any>} */
export async function ask(method, url, body) {
  /** @type {Record<string, string>} */ const headers = { accept: 'application/json' };
  if (method !== 'GET') headers['x-nianbao-token'] = token;
  if (body !== undefined) headers['content-type'] = 'application/json';
  /** @type {Response} */ let response;
  try {
    response = await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'same-origin' });
  } catch {
    stopped();
    throw new Fault(0, { code: 'stopped', message: { zh: '程序没有在运行，没有存下来。', en: 'The program does not run; nothing was saved.' } });
  }
  running();
  const answer = response.status === 204 ? {} : await response.json().catch(() => null);
  if (response.ok) return answer;
  if (response.status === 401 && answer?.code === 'token' && location.pathname !== '/login') location.reload();
  throw new Fault(response.status, answer);
}
export const get = (/** @type {string} */ url) => ask('GET', url);
export const post = (/** @type {string} */ url, /** @type {any} */ body) => ask('POST', url, body);

/** Who is here; everything else needs this first. */
export async function session() {
  const found = await get('/api/session');
  token = found.token;
  return found;
}

/** Sends a file, with its progress. @param {string} method @param {string} url @param {File} file @param {(part: number) => void} [progress] @returns {Promise<any>} */
export function send(method, url, file, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader('x-nianbao-token', token);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = event => progress?.(event.total ? event.loaded / event.total : 0);
    request.onload = () => {
      let body = null;
      try { body = JSON.parse(request.responseText); } catch { /* no JSON: a proxy's page */ }
      if (request.status >= 200 && request.status < 300) resolve(body);
      else reject(new Fault(request.status, body));
    };
    request.onerror = () => reject(new Fault(0, { code: 'stopped', message: { zh: '没有传完：程序关了，或网络断了。', en: 'Not sent: the program ended or the network broke.' } }));
    request.send(file);
  });
}

/** Says what went wrong, for what has no place of its own on the screen. @param {unknown} error */
export function tell(error) {
  if (error instanceof Fault && error.code === 'stopped') return;
  toast(error instanceof Error ? error.message : String(error));
}

/** @type {any} */ let bar = null;
/** The program does not answer: says so, and goes on by itself when it does again. */
function stopped() {
  if (bar) return;
  bar = h('div.note.bad.stopped', { role: 'alert' }, icon('alert'), h('div', h('strong', L('程序已经关了。', 'The program has ended.')), ' ', L('做过的都已经存好。重新打开“年报”，这个页面会自己接上。', 'What was done is saved. Start it again and this page goes on by itself.')));
  document.body.append(bar);
  const again = async () => {
    try {
      const response = await fetch('/api/session', { headers: { accept: 'application/json' } });
      if (response.ok) { token = (await response.json()).token; running(); return; }
      if (response.status === 401) { location.reload(); return; }
    } catch { /* still not */ }
    setTimeout(again, 1500);
  };
  setTimeout(again, 1500);
}
/** @type {Set<() => void>} */ const waiting = new Set();
function running() {
  if (!bar) return;
  bar.remove();
  bar = null;
  for (const one of waiting) one();
}

/** Calls back whenever something changed on the server. @param {number} revision @param {() => Promise<number>} changed */
export async function follow(revision, changed) {
  waiting.add(() => { changed().catch(() => {}); });
  for (;;) {
    try {
      const response = await fetch('/api/changes?since=' + revision, { headers: { accept: 'application/json' } });
      if (response.status === 401) { location.reload(); return; }
      const now = (await response.json()).revision;
      if (now !== revision) revision = await changed();
    } catch {
      stopped();
      await new Promise(resolve => setTimeout(resolve, 2000));
    }
  }
}
