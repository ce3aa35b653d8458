//! `nianbao serve`: starts the local web server and opens the page in a browser.

use std::ffi::OsString;
use std::io::{self, BufReader, BufWriter, IsTerminal, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;

use anyhow::Result;
use nianbao::serve::{self, Options, ServeError, Started};

use super::Exit;
use super::failure::failure;
use super::filter::ADDRESSES_AT_ONCE;
use super::program;
use super::terminal::Terminal;

/// Default name of the work folder, in the home folder.
const FOLDER: &str = "年报";

/// The port that is tried first.
const PORT: u16 = 8765;

/// The arguments as they are typed.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The work folder, which keeps everything; made where it is missing [default: 年报 in the home folder].
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Port of the page [default: 8765, or the next one that is free].
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Lets other machines of the office in, by a password and a name.
    #[arg(long)]
    lan: bool,
    /// Address to listen on [default: 127.0.0.1; with --lan every address of the machine].
    #[arg(long, value_name = "IP")]
    address: Option<IpAddr>,
    /// A name by which other machines reach this one; may be given several times.
    #[arg(long, value_name = "NAME")]
    host: Vec<String>,
    /// The name that the log has for whoever sits at this machine [default: the user's].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Does not open a browser.
    #[arg(long)]
    no_open: bool,
    /// Most seconds for one file.
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    time: NonZeroU64,
    /// Most megabytes of memory for one file, where the system can bound it.
    #[arg(long, value_name = "MB", default_value = "1024")]
    memory: NonZeroU64,
    /// Number of files that are read at once [default: one a core, at most 4].
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// A setting of the page, which the server reads from the folder's own file.
    #[arg(long, hide = true)]
    #[allow(dead_code, reason = "defined so that the settings file may have this key")]
    office: Option<String>,
    /// As `office`: the year that the page is about.
    #[arg(long, hide = true)]
    #[allow(dead_code, reason = "as `office`")]
    year: Option<i16>,
    /// As `office`: the largest file in megabytes.
    #[arg(long, hide = true)]
    #[allow(dead_code, reason = "as `office`")]
    limit: Option<u64>,
    /// Does the work for another copy that watches over it.
    #[arg(long, hide = true)]
    child: bool,
}

pub(crate) fn run(args: &Arguments, terminal: &Terminal) -> Result<Exit> {
    let folder = folder(args)?;
    if args.child {
        let (input, output) = (BufReader::with_capacity(1 << 16, io::stdin()), BufWriter::new(io::stdout()));
        serve::child(&folder, args.memory.get(), input, output)?;
        return Ok(Exit::Clean);
    }
    let (stop, stopped) = channel();
    // Dropping the sender stops the server.
    let mut stop = Some(stop);
    ctrlc::set_handler(move || drop(stop.take()))?;
    let open = !args.no_open && has_desktop();
    let shown = folder.clone();
    let served = serve::run(options(args, folder.clone())?, stopped, |started| {
        print_started(started, &shown, open, terminal);
        if open {
            browse(&started.url);
        }
    });
    match served {
        Ok(()) => Ok(Exit::Clean),
        // A second double click opens the page of the running server.
        Err(ServeError::Busy(path)) => match serve::running(&path).filter(|_| open) {
            Some(url) => {
                browse(&url);
                Ok(Exit::Clean)
            }
            None => Err(ServeError::Busy(path).into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// The work folder.
fn folder(args: &Arguments) -> Result<PathBuf> {
    if let Some(folder) = &args.folder {
        return Ok(folder.clone());
    }
    let home = std::env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).filter(|home| !home.is_empty());
    let home = home.ok_or_else(|| failure("请写明工作文件夹。", "name the work folder"))?;
    Ok(Path::new(&home).join(FOLDER))
}

fn options(args: &Arguments, folder: PathBuf) -> Result<Options> {
    let ip = args.address.unwrap_or(IpAddr::V4(if args.lan { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST }));
    if !args.lan && !ip.is_loopback() {
        return Err(failure(
            "让其他电脑打开，请加 --lan：要用口令和名字。",
            "add --lan to let other machines in: it asks for a password and a name",
        ));
    }
    let program = program::own()?;
    let (at, memory) = (folder.clone(), args.memory.to_string());
    let child = move || {
        let mut command = Command::new(&program);
        command.arg("serve").arg(&at).args(["--child", "--no-config", "--memory", &memory]);
        command.env(ADDRESSES_AT_ONCE.0, ADDRESSES_AT_ONCE.1).stderr(Stdio::null());
        command
    };
    let jobs = args.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, |jobs| jobs.get().min(4));
    Ok(Options {
        folder,
        address: SocketAddr::new(ip, args.port.unwrap_or(PORT)),
        exact: args.port.is_some(),
        lan: args.lan,
        hosts: args.host.clone(),
        name: args.name.clone().unwrap_or_else(own_name),
        child: Box::new(child),
        seconds: args.time.get(),
        jobs,
    })
}

/// The user's name in the system.
fn own_name() -> String {
    let name = std::env::var(if cfg!(windows) { "USERNAME" } else { "USER" });
    name.ok().filter(|name| !name.is_empty()).unwrap_or_else(|| "本机".to_owned())
}

/// Prints the URLs and the generated password; the local URL is the only line on standard output.
fn print_started(started: &Started, folder: &Path, opened: bool, terminal: &Terminal) {
    // Standard output may be closed.
    let _ = writeln!(io::stdout(), "{}", started.url);
    let _ = io::stdout().flush();
    let folder = folder.display();
    terminal.line(&match terminal.language {
        nianbao::finding::Language::Zh => {
            let page = if opened { "页面已经打开" } else { "请在浏览器里打开上面的网址" };
            format!("{page}；工作文件夹是“{folder}”。关闭这个窗口（或按 Ctrl+C）就退出，内容都已存好。")
        }
        nianbao::finding::Language::En => {
            let page = if opened { "The page is open" } else { "Open the address above in a browser" };
            format!("{page}; the work folder is {folder}. Close this window or press Ctrl-C to end.")
        }
    });
    if let Some(lan) = &started.lan {
        terminal.line(&format!("{}{lan}", terminal.say("其他电脑用这个网址：", "For other machines: ")));
    }
    if let Some(password) = &started.password {
        terminal.line(&format!(
            "{}{password}",
            terminal.say("口令（请记下，可在“设置”里改）：", "Password (it can be changed in the settings): ")
        ));
    }
}

/// Whether there is a desktop environment in which a browser can be opened.
fn has_desktop() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value: OsString| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// Opens a URL in the user's browser; errors are ignored, since the URL is printed in the terminal as well.
fn browse(url: &str) {
    let mut command = if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.args(["url.dll,FileProtocolHandler", url]);
        command
    } else {
        let mut command = Command::new(if cfg!(target_os = "macos") { "open" } else { "xdg-open" });
        command.arg(url);
        command
    };
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    if let Ok(mut child) = command.spawn() {
        // Reaps the child when it ends.
        let _ = std::thread::Builder::new().spawn(move || child.wait());
    }
}

/// Whether the program was started without arguments on Windows, as by a double click; it then runs `serve`.
pub(crate) fn by_double_click() -> bool {
    cfg!(windows) && std::env::args_os().len() <= 1
}

/// Waits for a key after a double click, so that the window stays open until the error was read.
pub(crate) fn keep_the_window() {
    if by_double_click() && io::stdin().is_terminal() {
        let _ = io::stdin().read(&mut [0]);
    }
}
