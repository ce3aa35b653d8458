// @ts-check
// The states of a report, with their icons and words; the same words everywhere.
import { L } from './ui.js';

/** @type {Record<string, [string, string]>} name and icon */
export const STATES = {
  bad: [L('有错误', 'Errors'), 'alert'], failed: [L('已报未能读取', 'Unreadable'), 'filex'], other: [L('年度不符', 'Other year'), 'history'],
  returned: [L('已退回', 'Returned'), 'back'], none: [L('未报', 'Missing'), 'none'], working: [L('正在读', 'Reading'), 'spin'],
  fixed: [L('已更正', 'Corrected'), 'pencil'], accepted: [L('已接受', 'Accepted'), 'stamp'], clean: [L('无错误', 'No errors'), 'check'],
};
/** What a report is while it is checked under other settings. */
export const AGAIN = L('正在重新核对', 'Checking again');
/** The order of the parts of the bar, and of the filters. */
export const ORDER = ['clean', 'accepted', 'fixed', 'none', 'returned', 'other', 'failed', 'bad'];
/** Levels of findings: word, icon, class. @type {Record<string, [string, string, string]>} */
export const LEVELS = { error: [L('错误', 'Error'), 'alert', 'bad'], warning: [L('提示', 'Warning'), 'warn', 'warn'], info: [L('说明', 'Note'), 'info', 'none'] };
/** Files that are made of a report. @type {Record<string, [string, string]>} */
export const FORMATS = { docx: ['Word', L('规定格式', 'prescribed form')], xlsx: ['Excel', L('规定格式', 'prescribed form')], html: [L('网页', 'Web page'), ''], pdf: ['PDF', ''], json: [L('数据', 'Data'), 'JSON'] };
export const NOTICES = [['letter', L('退回修改通知', 'Letter'), '.docx'], ['annotated', L('批注件', 'With comments'), L('原件上加批注', 'the sent file')], ['revised', L('修订件', 'With revisions'), L('更正用修订标出', 'tracked changes')]];
