//! What people see: messages in their language, and one progress bar where there is a terminal.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use nianbao::finding::{Finding, Language, Message, Severity};

/// Files that are named where many have the same to be said of.
pub(crate) const NAMED: usize = 3;

/// Standard error, in one language.
#[derive(Debug)]
pub(crate) struct Terminal {
    pub(crate) language: Language,
}

impl Terminal {
    pub(crate) fn new(language: Language) -> Self {
        Self { language }
    }

    /// One of two texts.
    pub(crate) fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    /// A message in the language.
    pub(crate) fn message<'a>(&self, message: &'a Message) -> &'a str {
        message.get(self.language)
    }

    pub(crate) fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Error => self.say("错误", "error"),
            Severity::Warning => self.say("提示", "warning"),
            Severity::Info => self.say("说明", "info"),
        }
    }

    /// A file's path with the report in it that is meant, given by number, agency and year, where it holds several.
    pub(crate) fn path(&self, path: &str, report: Option<(usize, Option<&str>, Option<i16>)>) -> String {
        let Some((number, agency, year)) = report else { return path.to_owned() };
        let agency = agency.map_or_else(
            || match self.language {
                Language::Zh => format!("第{}份报告", number + 1),
                Language::En => format!("report {}", number + 1),
            },
            str::to_owned,
        );
        match (self.language, year) {
            (Language::Zh, Some(year)) => format!("{path}（{agency}，{year}年）"),
            (Language::Zh, None) => format!("{path}（{agency}）"),
            (Language::En, Some(year)) => format!("{path} ({agency}, {year})"),
            (Language::En, None) => format!("{path} ({agency})"),
        }
    }

    /// A finding in one line: `FILE: severity code place message`.
    pub(crate) fn finding(&self, path: &str, finding: &Finding) -> String {
        let place = finding.place.as_ref().map(|place| format!(" {place}")).unwrap_or_default();
        let message = self.message(&finding.message);
        let (severity, waived) = match &finding.waived {
            None => (self.severity(finding.severity), String::new()),
            Some(waived) => {
                let (reason, until) = (&waived.reason, waived.until);
                (
                    self.say("已豁免", "waived"),
                    match self.language {
                        Language::Zh => format!("（豁免理由：{reason}，有效期至{until}）"),
                        Language::En => format!(" (accepted: {reason}, until {until})"),
                    },
                )
            }
        };
        let line = format!("{path}: {severity} {}{place} {message}{waived}", finding.code);
        // What a sender wrote is quoted; it must not steer the terminal.
        if line.contains(char::is_control) { line.replace(char::is_control, " ") } else { line }
    }

    /// One line for reports of agencies that are not in the agencies file, of which the first files are named.
    pub(crate) fn not_listed(&self, count: usize, files: &[&str]) -> String {
        let line = match self.language {
            Language::Zh => {
                format!(
                    "有{count}份报告的单位不在单位名录中，不知道是哪些单位：{}等。请补充名录或更正名称。",
                    files.join("、")
                )
            }
            Language::En => format!(
                "{count} reports are of agencies that are not in the agencies file: {} … Add them to the file, or correct the names.",
                files.join(", ")
            ),
        };
        if line.contains(char::is_control) { line.replace(char::is_control, " ") } else { line }
    }

    /// Says why a command cannot run.
    pub(crate) fn error(&self, text: &str) {
        self.line(&format!("{}{text}", self.say("错误：", "error: ")));
    }

    /// A line on standard error. Nobody can be told when that fails.
    #[allow(clippy::unused_self, reason = "everything that is said goes through the terminal")]
    pub(crate) fn line(&self, text: &str) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// A progress bar on a terminal, and nothing in a pipe.
    pub(crate) fn progress(&self, count: usize) -> Progress<'_> {
        let shown = io::stderr().is_terminal() && count > 1;
        let target = if shown { ProgressDrawTarget::stderr_with_hz(5) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(count as u64), target);
        let template = match self.language {
            Language::Zh => "{wide_bar} {pos}/{len}  每秒{per_sec:.0}  还需{eta}",
            Language::En => "{wide_bar} {pos}/{len}  {per_sec:.0}  {eta} left",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        if shown {
            bar.enable_steady_tick(Duration::from_millis(500));
        }
        Progress { bar, shown, terminal: self }
    }
}

/// Progress of a batch.
pub(crate) struct Progress<'a> {
    bar: ProgressBar,
    shown: bool,
    terminal: &'a Terminal,
}

impl Progress<'_> {
    /// One more is done.
    pub(crate) fn step(&self) {
        if self.shown {
            self.bar.inc(1);
        }
    }

    /// A line above the bar.
    pub(crate) fn line(&self, text: &str) {
        if self.shown { self.bar.suspend(|| self.terminal.line(text)) } else { self.terminal.line(text) }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
