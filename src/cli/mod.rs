//! The command line: parses the arguments, calls the library, prints the results.
//!
//! Data goes to standard output, messages to standard error. Exit status: 0 no errors; 1 some report has an error or could not be
//! read; 2 the command itself failed; 130 stopped by Ctrl-C. `filter` exits with 0 whatever the reports contain.

mod agencies;
mod args;
mod check;
mod chinese;
mod convert;
mod corrections;
mod dry;
mod explain;
mod failure;
mod filter;
mod formargs;
mod formbook;
mod forms;
mod inspect;
mod locale;
mod mistakes;
mod office;
mod policy;
mod program;
mod rollup;
mod sarif;
#[cfg(feature = "serve")]
mod serve;
mod settings;
mod shell;
mod supervise;
mod table;
mod temporary;
mod terminal;
mod typed;
mod values;
mod width;

use std::io;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, FromArgMatches};
use nianbao::finding::{Language, Message};

use args::{Args, Command};
use supervise::Role;
use terminal::Terminal;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, without errors in reports.
    Clean,
    /// Done; some report has an error or could not be read.
    Wrong,
    /// The command itself failed.
    Failed,
    /// Stopped by Ctrl-C.
    Stopped,
}

impl Exit {
    fn code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Clean => 0,
            Self::Wrong => 1,
            Self::Failed => 2,
            Self::Stopped => 130,
        })
    }

    /// [`Exit::Wrong`] if `wrong`, else [`Exit::Clean`].
    pub(crate) fn wrong_if(wrong: bool) -> Self {
        if wrong { Self::Wrong } else { Self::Clean }
    }
}

/// Runs the program with the arguments of the process.
pub(crate) fn main() -> ExitCode {
    nianbao::batch::keep_panics_quiet();
    let (mut args, language) = match typed() {
        Ok(typed) => typed,
        Err(code) => return code,
    };
    let terminal = Terminal::with_options(language, &args.global);
    // In a worker the supervisor has printed this already.
    if let Some(path) = args.global.found.path.as_ref().filter(|_| !supervise::is_worker()) {
        let path = path.display();
        terminal.note(&format!("{}{path}", terminal.say("选项取自：", "options from ")));
    }
    if let Some(allowed) = nianbao::stream::allowed().filter(|allowed| *allowed < LEAST_MEMORY) {
        terminal.error(too_little_memory(allowed).get(terminal.language));
        return Exit::Failed.code();
    }
    let ended = supervise::role(&mut args).and_then(|role| match role {
        Role::Supervises => supervise::run(),
        Role::Works => run(args, &terminal).map(Exit::code),
    });
    match ended {
        Ok(code) => code,
        // The reader of standard output has closed the pipe.
        Err(error) if is_broken_pipe(&error) => Exit::Clean.code(),
        Err(error) => {
            terminal.error(&failure::said(&error, terminal.language));
            #[cfg(feature = "serve")]
            serve::keep_the_window();
            Exit::Failed.code()
        }
    }
}

/// Minimum address space of a process, in bytes. With less the program aborts before it can print an error: forms and the stacks of
/// threads alone take about 100 MB.
const LEAST_MEMORY: u64 = 128 << 20;

fn too_little_memory(allowed: u64) -> Message {
    let (allowed, least) = (allowed >> 20, LEAST_MEMORY >> 20);
    Message::new(
        format!("系统只允许本程序使用{allowed}MB内存，至少需要{least}MB。请放宽限制（ulimit -v）后重试。"),
        format!(
            "the system allows this program {allowed} MB of memory; it needs at least {least} MB (see `ulimit -v`)"
        ),
    )
}

/// Parses the arguments and determines the language of messages. Help and argument errors are printed here; `Err` is the exit code.
fn typed() -> Result<(Args, Language), ExitCode> {
    #[allow(unused_mut, reason = "only changed with the feature `serve`")]
    let mut words: Vec<std::ffi::OsString> = std::env::args_os().collect();
    #[cfg(feature = "serve")]
    if serve::by_double_click() {
        words.push("serve".into());
    }
    let typed = asked(&words);
    let found = settings::found(&words, &Args::command()).map_err(|error| {
        let language = typed.unwrap_or_else(locale::language);
        Terminal::new(language).error(&failure::said(&error, language));
        Exit::Failed.code()
    })?;
    let set = found.settings.option("lang").and_then(language);
    let language = typed.or(set).unwrap_or_else(locale::language);
    let command = settings::set(&found, command(language));
    let parsed = command.try_get_matches_from(&words).and_then(|found| Args::from_arg_matches(&found));
    match parsed {
        Ok(mut args) => {
            let language = args.global.lang.unwrap_or(language);
            args.global.found = found;
            Ok((args, language))
        }
        Err(error) if language == Language::Zh && error.use_stderr() && !shows_help(&error) => {
            let command = words.iter().filter_map(|word| word.to_str()).find(|word| is_command(word));
            let command = command.map(|word| format!("{word} ")).unwrap_or_default();
            Terminal::new(language).line(&typed::chinese(&error, &command));
            Err(Exit::Failed.code())
        }
        Err(error) => {
            let wrong = error.use_stderr();
            // An error while printing cannot be reported.
            let _ = error.print();
            Err(if wrong { Exit::Failed } else { Exit::Clean }.code())
        }
    }
}

/// The clap command with its texts in a language.
fn command(language: Language) -> clap::Command {
    match language {
        Language::Zh => chinese::command(Args::command()),
        Language::En => Args::command(),
    }
}

/// Whether the error is the help of a command that was called without arguments.
fn shows_help(error: &clap::Error) -> bool {
    error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}

fn is_command(word: &str) -> bool {
    Args::command().find_subcommand(word).is_some()
}

/// The language of `--lang`, looked up before parsing, because the help is printed in it too.
fn asked(words: &[std::ffi::OsString]) -> Option<Language> {
    let mut words = words.iter().filter_map(|word| word.to_str());
    let value = loop {
        let word = words.next()?;
        match word.strip_prefix("--lang") {
            Some("") => break words.next()?,
            Some(rest) if rest.starts_with('=') => break &rest[1..],
            _ if word == "--" => return None,
            _ => {}
        }
    };
    language(value)
}

fn language(word: &str) -> Option<Language> {
    match word {
        "zh" => Some(Language::Zh),
        "en" => Some(Language::En),
        _ => None,
    }
}

fn run(args: Args, terminal: &Terminal) -> Result<Exit> {
    let global = args.global;
    match args.command {
        Command::Convert(args) => convert::run(&args, &global, terminal),
        Command::Inspect(args) => inspect::run(&args, &global, terminal),
        Command::Check(args) => check::run(&args, &global, terminal),
        Command::Fill(args) => convert::run(&args.into(), &global, terminal),
        Command::Filter(args) => filter::run(&args, &global),
        Command::Rollup(args) => rollup::run(&args, &global, terminal),
        Command::Agencies(args) => agencies::run(&args, terminal),
        Command::Forms(args) => forms::run(&args, &global, terminal),
        Command::Explain(args) => explain::run(&args, terminal),
        #[cfg(feature = "serve")]
        Command::Serve(args) => serve::run(&args, terminal),
        Command::Completions(args) => shell::completions(&args, terminal),
        Command::Man(args) => shell::man(&args, terminal),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| match cause.downcast_ref::<io::Error>() {
        Some(error) => error.kind() == io::ErrorKind::BrokenPipe,
        None => cause
            .downcast_ref::<serde_json::Error>()
            .is_some_and(|error| error.io_error_kind() == Some(io::ErrorKind::BrokenPipe)),
    })
}

/// The current time in China, where the reports are from.
pub(crate) fn now() -> jiff::civil::DateTime {
    jiff::tz::offset(8).to_datetime(jiff::Timestamp::now())
}

/// The current date in China.
pub(crate) fn today() -> jiff::civil::Date {
    now().date()
}
