// @ts-check
// Chooses the screen by the address.
import { session } from './api.js';
import { $ } from './ui.js';

/** @type {Record<string, () => Promise<any>>} */
const SCREENS = { '/': () => import('./inbox.js'), '/report': () => import('./review.js'), '/rollup': () => import('./rollup.js'), '/log': () => import('./log.js'), '/settings': () => import('./settings.js') };

async function start() {
  const { screen, kind } = document.body.dataset;
  $('noscript')?.remove();
  if (screen === 'error') return (await import('./errors.js')).show(kind || '');
  if (location.pathname === '/login') return (await import('./login.js')).show();
  const load = SCREENS[location.pathname];
  if (!load) return (await import('./errors.js')).show('not-found');
  try {
    const [who, module] = await Promise.all([session(), load()]);
    await module.show(who);
  } catch (error) {
    const code = /** @type {any} */ (error).code || 'internal';
    (await import('./errors.js')).show(code, /** @type {any} */ (error));
  }
}
start();
