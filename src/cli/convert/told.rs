//! Messages of a conversion: errors of inputs as they arrive, skipped files, and the closing summary.

use nianbao::batch::{Entry, Inputs, Status, Summary};
use nianbao::finding::code::rollup::AGENCY_NOT_LISTED;
use nianbao::finding::{Finding, Language, Severity};

use crate::cli::terminal::{NAMED, Progress, Terminal};

/// Prints the errors of an input, above the progress bar.
pub(super) fn tell(
    progress: &Progress,
    terminal: &Terminal,
    entry: &Entry,
    findings: &[(usize, &Finding)],
    not_listed: &mut NotListed,
) {
    progress.step();
    if entry.status == Status::Ok {
        return;
    }
    for (report, finding) in findings.iter().filter(|(_, finding)| finding.severity == Severity::Error) {
        let part = entry.reports.get(*report);
        let path = terminal.path(&entry.path, part.map(|part| (*report, part.agency.as_deref(), part.year)));
        if finding.code == AGENCY_NOT_LISTED.id {
            not_listed.add(terminal, path, finding);
            continue;
        }
        progress.line(&terminal.finding(&path, finding));
    }
}

/// Reports of agencies that are not in the agencies file; printed at the end, one line each or one line for many.
#[derive(Default)]
pub(super) struct NotListed {
    count: usize,
    first: Vec<(String, String)>,
}

impl NotListed {
    pub(super) fn add(&mut self, terminal: &Terminal, path: String, finding: &Finding) {
        self.count += 1;
        if self.first.len() < NAMED {
            let line = terminal.finding(&path, finding);
            self.first.push((path, line));
        }
    }

    pub(super) fn say(&self, terminal: &Terminal) {
        if self.count <= NAMED {
            self.first.iter().for_each(|(_, line)| terminal.line(line));
            return;
        }
        let files: Vec<&str> = self.first.iter().map(|(file, _)| file.as_str()).collect();
        terminal.line(&terminal.not_listed(self.count, &files));
    }
}

/// Mentions `--any` if files fit no form; `count` is their number.
pub(super) fn say_any(terminal: &Terminal, count: usize) {
    if count > 0 {
        terminal.note(&match terminal.language {
            Language::Zh => format!("有{count}个文件不属于任何一种格式。要整理为公文式样的，请加 --any 再运行一次。"),
            Language::En => {
                format!(
                    "{count} of the files fit no form; --any reads any document and writes it in the look of GB/T 9704"
                )
            }
        });
    }
}

pub(super) fn sum(terminal: &Terminal, summary: &Summary, out: &std::path::Path) -> String {
    let &Summary { ok, with_errors, failed, missing, unchanged, stopped, .. } = summary;
    let out = out.display();
    let text = match terminal.language {
        Language::Zh => format!(
            "共{}个文件：无错误{ok}个，有错误{with_errors}个，失败{failed}个；其中未变动而沿用{unchanged}个。输出在 {out}",
            ok + with_errors + failed
        ),
        Language::En => format!(
            "{} files: {ok} without errors, {with_errors} with errors, {failed} failed; {unchanged} of them unchanged since the last run. Outputs are in {out}",
            ok + with_errors + failed
        ),
    };
    let text = match (missing, terminal.language) {
        (0, _) => text,
        (_, Language::Zh) => format!("{text}。未报{missing}个单位，见index.html"),
        (_, Language::En) => format!("{text}. {missing} agencies did not report, see index.html"),
    };
    if stopped {
        format!("{text}{}", terminal.say("。已中断，再次运行同一命令即可继续", ". Stopped; the same command goes on"))
    } else {
        text
    }
}

/// Prints which files of searched folders were skipped.
pub(in crate::cli) fn passed_over(terminal: &Terminal, inputs: &Inputs) {
    if inputs.own > 0 {
        let own = inputs.own;
        terminal.note(&match terminal.language {
            Language::Zh => format!("文件夹中有{own}个文件是以前生成的，不当作报送的文件读取。"),
            Language::En => format!("not looked at in folders: {own} outputs of earlier runs"),
        });
    }
    if inputs.skipped.is_empty() {
        return;
    }
    let kinds = inputs.skipped.iter();
    terminal.note(&match terminal.language {
        Language::Zh => {
            let kinds: Vec<String> = kinds.map(|(suffix, count)| format!(".{suffix} {count}个")).collect();
            format!("文件夹中未读取的文件：{}。需要读取的，请写明文件名。", kinds.join("、"))
        }
        Language::En => {
            let kinds: Vec<String> = kinds.map(|(suffix, count)| format!("{count} .{suffix}")).collect();
            format!("not looked at in folders: {} (name a file to have it read)", kinds.join(", "))
        }
    });
}
