//! Terminal output: messages in the user's language, and one progress bar.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use nianbao::batch::{Stale, worker};
use nianbao::document::Place;
use nianbao::finding::{Finding, Language, Message, Severity};

use super::args::{Colour, Global};

/// Maximum number of files that a message about many files names.
pub(crate) const NAMED: usize = 3;

/// Standard error, in one language.
#[derive(Debug)]
pub(crate) struct Terminal {
    pub(crate) language: Language,
    quiet: u8,
    pub(crate) verbose: bool,
    coloured: bool,
}

impl Terminal {
    pub(crate) fn new(language: Language) -> Self {
        Self { language, quiet: 0, verbose: false, coloured: false }
    }

    /// The terminal as configured by the options.
    pub(crate) fn with_options(language: Language, global: &Global) -> Self {
        let shown = || io::stderr().is_terminal() && io::stdout().is_terminal();
        let unwanted = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let coloured = match global.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => shown() && !unwanted(),
        };
        Self { language, quiet: global.quiet, verbose: global.verbose, coloured }
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
        severity.word(self.language)
    }

    /// A word in the colour of a severity, if colours are enabled; `None` is dimmed.
    fn painted(&self, word: &str, severity: Option<Severity>) -> String {
        if !self.coloured {
            return word.to_owned();
        }
        let colour = match severity {
            Some(Severity::Error) => "1;31",
            Some(Severity::Warning) => "33",
            Some(Severity::Info) => "36",
            None => "2",
        };
        format!("\u{1b}[{colour}m{word}\u{1b}[0m")
    }

    /// A file's path, followed by agency and year of one of its reports if the file holds several (index, agency, year).
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

    /// A finding in one line: `FILE: severity code place message` in English; in Chinese severity, file and message, with `--verbose`
    /// followed by code and place.
    pub(crate) fn finding(&self, path: &str, finding: &Finding) -> String {
        let place = finding.place.as_ref().map(|place| format!(" {place}")).unwrap_or_default();
        let page = finding.place.as_ref().and_then(page).unwrap_or_default();
        let message = self.message(&finding.message);
        let (word, colour, waived) = match &finding.waived {
            None => (self.severity(finding.severity), Some(finding.severity), String::new()),
            Some(waived) => {
                let (reason, until) = (&waived.reason, waived.until);
                let said = match self.language {
                    Language::Zh => format!("（准予保留：{reason}，至{until}）"),
                    Language::En => format!(" (accepted: {reason}, until {until})"),
                };
                (self.say("保留", "waived"), None, said)
            }
        };
        // Text from senders must not inject control sequences into the terminal.
        let (path, message) = (one_line(path), one_line(&format!("{message}{waived}")));
        let (word, code) = (self.painted(word, colour), &finding.code);
        match self.language {
            Language::Zh if self.verbose => format!("{word}  {path}  {page}{message}〔{code}{}〕", one_line(&place)),
            Language::Zh => format!("{word}  {path}  {page}{message}"),
            Language::En => format!("{path}: {word} {code}{} {message}", one_line(&place)),
        }
    }

    /// One line about the reports of agencies that are not in the agencies file, with the first files.
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
        one_line(&line)
    }

    /// Prints which outputs of earlier runs are left in a folder, and which were removed.
    pub(crate) fn stale(&self, stale: &Stale, folder: &str) {
        let shown = |names: &[String]| {
            let more = if names.len() > NAMED { self.say("等", ", …") } else { "" };
            let names: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
            format!("{}{more}", names.join(self.say("、", ", ")))
        };
        let Stale { left, removed } = stale;
        if !left.is_empty() {
            self.note(&match self.language {
                Language::Zh => format!(
                    "“{folder}”中有{}个文件是以前生成的，此次不再需要：{}。请确认后删除，或用 --prune 删除未被改动的。",
                    left.len(),
                    shown(left)
                ),
                Language::En => format!(
                    "{folder} has {} of earlier runs that this one does not make: {} (--prune removes those that nobody has changed)",
                    left.len(),
                    shown(left)
                ),
            });
        }
        if !removed.is_empty() {
            self.note(&match self.language {
                Language::Zh => format!("已删除以前生成的{}个文件：{}。", removed.len(), shown(removed)),
                Language::En => format!("removed {} of earlier runs: {}", removed.len(), shown(removed)),
            });
        }
    }

    /// Prints why a command failed.
    pub(crate) fn error(&self, text: &str) {
        self.line(&format!("{}{text}", self.painted(self.say("错误：", "error: "), Some(Severity::Error))));
    }

    /// Prints a line on standard error, unless `--quiet` is given twice; a write error is ignored.
    pub(crate) fn line(&self, text: &str) {
        if self.quiet >= 2 || worker::skip_line() {
            return;
        }
        let text = if self.coloured { shown_with_colours(text) } else { shown(text) };
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// Prints an informational line, unless `--quiet` is given.
    pub(crate) fn note(&self, text: &str) {
        if self.quiet == 0 {
            self.line(text);
        }
    }

    /// A progress bar; hidden if standard error is not a terminal.
    pub(crate) fn progress(&self, count: usize) -> Progress<'_> {
        let shown = io::stderr().is_terminal() && count > 1 && self.quiet == 0;
        let target = if shown { ProgressDrawTarget::stderr_with_hz(5) } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(count as u64), target);
        let template = match self.language {
            Language::Zh => "{wide_bar} {pos}/{len}  {rate}  还需{eta}",
            Language::En => "{wide_bar} {pos}/{len}  {rate}  {eta} left",
        };
        let language = self.language;
        let rate = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            let rate = state.per_sec();
            // A write error cannot be reported.
            let _ = match language {
                Language::Zh => write!(out, "每秒{rate:.0}个"),
                Language::En => write!(out, "{rate:.0}/s"),
            };
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.with_key("rate", rate));
        }
        if shown {
            bar.enable_steady_tick(Duration::from_millis(500));
        }
        Progress { bar, shown, terminal: self }
    }
}

/// Replaces control and bidirectional formatting characters by visible ones, because text from senders is printed.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if !steers(character) {
            safe.push(character);
        } else if let Some(picture) = char::from_u32(0x2400 + u32::from(character)).filter(|_| character < ' ') {
            safe.push(picture);
        } else {
            safe.push_str(&format!("<U+{:04X}>", u32::from(character)));
        }
    }
    Cow::Owned(safe)
}

/// Whether a character is a control or bidirectional formatting character; `\n` is allowed.
fn steers(character: char) -> bool {
    const TURNS: [std::ops::RangeInclusive<char>; 3] =
        ['\u{200E}'..='\u{200F}', '\u{2028}'..='\u{202E}', '\u{2066}'..='\u{2069}'];
    let turns = character == '\u{061C}' || TURNS.iter().any(|range| range.contains(&character));
    turns || character.is_control() && character != '\n'
}

/// A text in one line, with [`shown`] applied.
fn one_line(text: &str) -> String {
    let text = text.replace(['\n', '\t', '\r'], " ");
    shown(&text).into_owned()
}

/// Like [`shown`], but keeps colour sequences.
fn shown_with_colours(text: &str) -> Cow<'_, str> {
    let mut pieces = text.split("\u{1b}[");
    let mut safe = shown(pieces.next().unwrap_or_default()).into_owned();
    for piece in pieces {
        let length = piece.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
        let is_colour = piece[length..].starts_with('m');
        safe.push_str(if is_colour { "\u{1b}[" } else { "␛[" });
        safe.push_str(&shown(piece));
    }
    Cow::Owned(safe)
}

/// Progress of a batch.
pub(crate) struct Progress<'a> {
    bar: ProgressBar,
    shown: bool,
    terminal: &'a Terminal,
}

impl Progress<'_> {
    /// Advances the bar by one.
    pub(crate) fn step(&self) {
        if self.shown {
            self.bar.inc(1);
        }
    }

    /// Prints lines above the progress bar.
    pub(crate) fn above<T>(&self, print: impl FnOnce() -> T) -> T {
        if self.shown { self.bar.suspend(print) } else { print() }
    }

    /// Prints a line above the bar.
    pub(crate) fn line(&self, text: &str) {
        self.above(|| self.terminal.line(text));
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// The page, and the row of a table on it, as a prefix of a Chinese message.
fn page(place: &Place) -> Option<String> {
    let page = place.page? + 1;
    Some(match place.row {
        Some(row) => format!("第{page}页表格第{}行，", row + 1),
        None => format!("第{page}页，"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_sequences_are_escaped() {
        assert_eq!(
            shown("甲局\u{1b}[2J\u{7}\u{9b}1m\u{202e}fdp\u{2066}.docx"),
            "甲局␛[2J␇<U+009B>1m<U+202E>fdp<U+2066>.docx"
        );
        assert_eq!(shown("two\nlines"), "two\nlines");
        assert_eq!(one_line("a\nb\tc\u{1b}"), "a b c␛");
        assert_eq!(shown_with_colours("\u{1b}[1;31m错误\u{1b}[0m a\u{1b}[2Jb"), "\u{1b}[1;31m错误\u{1b}[0m a␛[2Jb");
        assert!(matches!(shown("乙局.docx"), Cow::Borrowed(_)));
    }
}
