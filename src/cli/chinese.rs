//! `--help` in Chinese: the texts of every command, argument and option, and the template of the help page.

use clap::builder::Str;
use clap::{Arg, ArgAction, Command};

/// Description of the program.
const ABOUT: &str = "读取、核对、汇总政府信息公开工作年度报告，并重新生成 Word、Excel 和网页。";

/// Footer of the program's help.
const AFTER: &str = "输入可以是文件、文件夹（含下级文件夹）、带引号的通配名（\"2025/*.docx\"）、压缩包（.zip）；“-”表示从标准输入读取。\n\
结束代码：0 完成，无错误；1 完成，但有报告存在错误或未能读取；2 命令未能执行；130 被 Ctrl+C 中断。\n\
某个命令的用法：nianbao 命令 --help。";

/// Footer of the help of `filter`.
const AFTER_FILTER: &str = "每行是一个路径；或路径、制表符（或 ^A）、文件内容的 Base64。结束代码：各行处理完为 0，文件有错也是 0，\n\
错误写在结果行里；2 命令未能执行。";

/// Commands by path, with their descriptions.
const COMMANDS: &[(&str, &str)] = &[
    ("convert", "把每份报告整理为规范的 Word、Excel 和网页，并列出全部问题"),
    ("inspect", "显示一份报告读出的全部内容（JSON，供程序员使用）"),
    ("check", "核对报告，列出问题；可生成退回修改通知和带批注的副本"),
    ("fill", "把报告的数字和文字填入本单位自己的 Word 或 Excel 模板"),
    ("filter", "逐行接收文件名，逐行输出结果（供程序员使用）"),
    ("rollup", "按单位名录汇总各单位报告，生成汇总.xlsx 和汇总报告"),
    ("agencies", "列出单位名录及各单位的上级，检查名录是否有误"),
    ("forms", "查看格式、生成空白表、检查格式文件"),
    ("forms list", "列出各种格式"),
    ("forms show", "显示一种格式的栏目和勾稽关系"),
    ("forms blank", "生成空白表，供填写或下发"),
    ("forms check", "检查格式文件：试算规则的例子，并按格式填写样例后再读回核对"),
    ("forms draft", "按空白表或已填的表起草格式文件，拿不准的写成注释"),
    ("forms import", "把格式工作簿（Excel）变成格式文件"),
    ("forms schema", "输出各种 JSON 的格式说明（供程序员使用）"),
    ("serve", "在浏览器里收件、核对、更正、退回、汇总（办公室用的网页）"),
    ("explain", "解释某类问题的含义和办法；不写代码则列出全部"),
    ("completions", "输出命令行自动补全的脚本"),
    ("man", "生成手册页"),
    ("help", "显示本帮助，或某个命令的帮助"),
];

/// Arguments: command (empty: all commands that have the argument), id, name of the value, help.
const ARGUMENTS: &[(&str, &str, &str, &str)] = &[
    ("", "mappings", "路径", "另外使用该文件夹中的格式文件（*.toml），或这一个格式文件；编号相同的以其为准"),
    ("", "lang", "语言", "提示语言：zh 中文，en 英文〔默认：随系统〕"),
    ("", "config", "文件", "选项文件〔默认：从报告所在文件夹或当前文件夹逐级向上找到的 nianbao.toml〕"),
    ("", "no_config", "", "不用任何选项文件"),
    ("", "quiet", "", "只显示错误；写两次则什么都不显示"),
    ("", "verbose", "", "多显示：问题代码、文件内的位置、跳过的文件"),
    ("", "color", "何时", "何时用颜色：auto 自动〔默认〕，always 总是，never 从不；设有 NO_COLOR 时不用"),
    ("", "select", "代码", "只要这些代码的问题，用逗号分开；也用来打开平时不做的核对"),
    ("", "ignore", "代码", "不要这些代码的问题，用逗号分开"),
    ("", "min_severity", "级别", "不要低于此级别的问题：error 错误、warning 提示、note 说明"),
    ("", "inputs", "输入", "文件、文件夹、通配名、压缩包；“-”表示标准输入"),
    ("", "out", "文件夹", "输出文件夹，没有则新建；不要放在报告所在的文件夹内"),
    ("filter", "out", "文件夹", "输出文件夹；不写则不生成文件"),
    ("", "to", "格式", "输出哪几种文件，用逗号分开：docx、xlsx、html、json、pdf〔默认：docx,xlsx,html〕"),
    ("", "fonts", "文件夹", "生成 PDF 用的字体所在文件夹，先于系统字体"),
    ("forms blank", "to", "格式", "输出哪几种文件，用逗号分开：docx、xlsx、html、pdf〔默认：docx,xlsx〕"),
    ("", "form", "编号", "全部按此格式读取，不看表格行名（gkbg-2021 即2021年格式）"),
    ("", "any", "", "不属于任何格式的文件按一般公文读取，整理为公文式样（GB/T 9704）"),
    ("", "to_form", "编号", "把其他格式的报告换为此格式；没有对应栏目的数字会列出"),
    (
        "",
        "agencies",
        "名录",
        "单位名录（Excel、CSV 或 TOML），用于核对单位名称、列出未报单位；首行须有“单位名称”“上级”等栏名",
    ),
    ("check", "agencies", "名录", "单位名录；按它找上年度报告（含曾用名），并核对各级各类单位能否有某些数字"),
    ("filter", "agencies", "名录", "单位名录，用于查对单位名称"),
    ("rollup", "agencies", "名录", "单位名录及上下级（Excel、CSV 或 TOML）；不写则把给出的报告相加"),
    ("agencies", "file", "名录", "单位名录（Excel、CSV 或 TOML）"),
    ("", "template", "文件", "本单位的模板（.docx、.xlsx），代替规定的空白表"),
    ("", "page_template", "文件", "网站的网页模板，{{ body }} 处放报告"),
    ("", "site_name", "名称", "网站名称，写入网页的规范标签"),
    ("", "site_domain", "域名", "网站域名，写入网页的规范标签"),
    ("", "site_id", "标识码", "网站标识码，写入网页的规范标签〔默认：名录所列〕"),
    ("", "column", "名称", "栏目名称，写入网页的规范标签〔默认：格式所定〕"),
    ("", "in_process", "", "不另起处理进程；某个文件使程序崩溃时，整批随之中断"),
    ("", "as_written", "", "正文照原文写，缺字的日期、文号也不补"),
    ("", "shard", "I/N", "只处理第 I 份（共分 N 份），供多台机器分工"),
    ("", "jobs", "个数", "同时处理几个文件〔默认：每核一个〕"),
    ("serve", "folder", "文件夹", "工作文件夹，一切都存在里面；没有则新建〔默认：用户文件夹下的“年报”〕"),
    ("serve", "port", "端口", "网页的端口〔默认：8765，被占用时用后面的〕"),
    ("serve", "lan", "", "让办公室的其他电脑也能打开，要用口令和名字"),
    ("serve", "address", "地址", "在哪个地址上打开〔默认：127.0.0.1；加 --lan 时为本机所有地址〕"),
    ("serve", "host", "名称", "其他电脑用来打开本机的名称，可写多次"),
    ("serve", "name", "名字", "记录里写的本机使用人的名字〔默认：系统用户名〕"),
    ("serve", "no_open", "", "不打开浏览器"),
    ("serve", "time", "秒", "每个文件最多用几秒〔默认：60〕"),
    ("serve", "memory", "兆", "每个文件最多用多少兆内存〔默认：1024〕"),
    ("serve", "jobs", "个数", "同时读几个文件〔默认：每核一个，最多4个〕"),
    ("inspect", "file", "文件", "一个文件；“-”表示标准输入"),
    ("check", "previous", "文件夹", "上年度报告所在文件夹，用于核对结转衔接"),
    ("rollup", "previous", "路径", "上年度报告的文件夹，或上年度的汇总.xlsx，用于同比"),
    (
        "",
        "corrections",
        "文件",
        "更正单（每行一条 JSON，或 CSV、Excel 表格），逐条对应报送的文件和原来的数字；报送的文件不改动",
    ),
    ("", "propose", "文件", "把能够确定的错误写成更正单草稿，供核对后用于 --corrections；文件名以 .csv 结尾时写成表格"),
    (
        "",
        "revise",
        "文件夹",
        "生成报送文件的修订副本：Word 为修订标记，Excel 为新数和批注，由报送单位确认；没有 --corrections 时改能够确定的错误",
    ),
    ("", "author", "名称", "批注和修订的作者〔默认：年报核对〕"),
    ("", "waivers", "文件", "已准予保留的问题清单（须写明理由和到期日；数字一变即失效）"),
    ("", "today", "日期", "按哪一天判断是否到期，如 2026-01-31〔默认：今天〕"),
    ("", "verdicts", "", "逐条列出每项勾稽关系的核对结果，不列问题"),
    (
        "",
        "format",
        "形式",
        "结果的形式：text 逐行文字〔默认〕；json 每行一条；sarif 供代码平台；waivers 生成待填理由的保留清单",
    ),
    ("", "annotate", "文件夹", "生成报送文件的副本（.docx、.xlsx、.pdf），在有问题的位置加批注，原文件不改"),
    ("", "letter", "文件夹", "生成退回修改通知、核对函，有名录时还有催报通知（Word，每单位一份，另有一份供打印）"),
    ("", "sender", "单位", "通知的署名"),
    ("", "number", "文号", "通知的文号；写成 某政办函〔2026〕{12}号 的，从12号起依次编号"),
    ("", "deadline", "日期", "通知要求答复的日期，如 2026-01-26"),
    ("", "reply_to", "单位", "修改后报送到哪里"),
    ("", "contact", "姓名", "通知的联系人"),
    ("", "phone", "号码", "通知的联系电话"),
    ("", "date", "日期", "通知的成文日期，如 2026-01-20"),
    ("", "request", "文号", "布置报送的文件，写入催报通知"),
    ("", "due", "日期", "该文件规定的报送日期"),
    ("", "portal", "网站", "公布报告的网站，写入收件回执"),
    ("", "receipts", "", "为每个已报单位生成收件回执"),
    ("convert", "dictionary", "", "把所用各格式的字段说明（JSON，供数据工具使用）放在输出旁"),
    ("", "dry_run", "", "试运行：只列出将新建、替换、删除哪些文件，什么都不写"),
    ("", "prune", "", "删除以前生成、此次不再生成的文件（只删本程序生成而未被改动的）"),
    ("", "year", "年度", "汇总哪一年〔默认：份数最多的年度；下一年度已开始报送的，为下一年度〕"),
    ("", "without_errors", "", "有错误的报告不计入合计；不选则计入并注明"),
    ("", "time", "秒", "每个文件最多用几秒〔默认：60〕"),
    ("", "memory", "兆", "每个文件最多用多少兆内存〔默认：1024〕"),
    ("filter", "child", "", "供程序自己使用"),
    ("forms check", "files", "文件", "格式文件（.toml）"),
    ("forms draft", "files", "文件", "空白表，其后可列已填的同种表，用于核对合计关系"),
    ("forms draft", "to", "格式", "toml 格式文件，xlsx 可用 forms import 导入的工作簿〔默认：toml〕"),
    ("forms draft", "out", "文件", "写到该文件；不写则显示在屏幕上"),
    ("forms import", "file", "工作簿", "forms draft 或 forms show 生成、经人改过的工作簿"),
    ("forms import", "out", "文件", "写到该文件；不写则显示在屏幕上"),
    (
        "forms show",
        "to",
        "格式",
        "改为生成数据字典：xlsx 工作簿（可用 forms import 导入），html 网页，schema 供数据工具使用的字段说明",
    ),
    ("forms show", "out", "文件", "写到该文件；不写则写到当前文件夹，以编号为名"),
    (
        "forms schema",
        "name",
        "名称",
        "report、finding、mapping、migration、correction、row、waiver 之一；不写则全部输出",
    ),
    ("", "id", "编号", "格式编号，如 gkbg-2021"),
    ("explain", "code", "代码", "问题的代码（如 cell-wrong）或名称（如“一个单元格有误”）"),
    ("", "shell", "终端", "bash、elvish、fish、powershell 或 zsh"),
    ("man", "out", "文件夹", "放手册页的文件夹，没有则新建"),
    ("", "subcommand", "命令", "要看哪个命令的帮助"),
    ("", "help", "", "显示帮助"),
    ("", "version", "", "显示版本"),
];

/// Display order of global options: after all others.
const LAST: usize = 900;

/// The help page: description, usage, arguments and options, footer.
const PAGE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}{after-help}";

/// Sets the Chinese help texts of a command.
pub(super) fn command(command: Command) -> Command {
    let mut command = with_flags(command);
    command.build();
    page(command, "")
}

/// Replaces clap's `--help` and `--version` by our own, whose texts can be set.
fn with_flags(command: Command) -> Command {
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).global(true);
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version);
    command.disable_help_flag(true).disable_version_flag(true).arg(help).arg(version)
}

fn page(command: Command, path: &str) -> Command {
    let after = match path {
        "" => AFTER,
        "filter" => AFTER_FILTER,
        _ => "",
    };
    let command = command.mut_args(|argument| worded(argument, path));
    let usage = usage(&command, path);
    let command = command
        .help_template(PAGE)
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .override_usage(usage)
        .after_help(after)
        .about(about(path).unwrap_or_default());
    let below = |child: Command| {
        let path = format!("{path} {}", child.get_name());
        page(child, path.trim_start())
    };
    command.mut_subcommands(below)
}

/// Description of a command. The subcommands of `help` are those of its parent: `forms help list` is `forms list`.
fn about(path: &str) -> Option<&'static str> {
    let words: Vec<&str> = path.split(' ').collect();
    let path = match words.as_slice() {
        [""] => return Some(ABOUT),
        [.., "help"] => "help".to_owned(),
        words => words.iter().filter(|word| **word != "help").copied().collect::<Vec<_>>().join(" "),
    };
    COMMANDS.iter().find(|known| known.0 == path).map(|known| known.1)
}

/// Sets the Chinese texts of an argument.
fn worded(argument: Arg, path: &str) -> Arg {
    let positional = argument.is_positional();
    let Some((_, _, value, help)) = words(path, argument.get_id().as_str()) else { return argument };
    let takes_value = argument.get_action().takes_values();
    // Global options are listed last.
    let argument = if argument.is_global_set() { argument.display_order(LAST) } else { argument };
    let argument = argument
        .help(*help)
        .help_heading(if positional { "输入" } else { "选项" })
        .hide_default_value(true)
        .hide_possible_values(true);
    if takes_value && !value.is_empty() { argument.value_name(Str::from(*value)) } else { argument }
}

type Words = (&'static str, &'static str, &'static str, &'static str);

fn words(path: &str, id: &str) -> Option<&'static Words> {
    let of = |command: &str| ARGUMENTS.iter().find(|known| known.0 == command && known.1 == id);
    of(path).or_else(|| of(""))
}

/// The usage line: required arguments, and a placeholder for the options.
fn usage(command: &Command, path: &str) -> String {
    let mut usage = format!("nianbao {path}").trim_end().to_owned();
    for argument in command.get_arguments().filter(|argument| !argument.is_positional() && argument.is_required_set()) {
        let value = argument.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
        usage.push_str(&format!(" --{} <{value}>", argument.get_long().unwrap_or_default()));
    }
    usage.push_str(" 〔选项〕");
    for argument in command.get_positionals() {
        let value = argument.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
        let many = if argument.get_num_args().is_some_and(|range| range.max_values() > 1) { "…" } else { "" };
        let (before, after) = if argument.is_required_set() { ('<', '>') } else { ('〔', '〕') };
        usage.push_str(&format!(" {before}{value}{after}{many}"));
    }
    if command.has_subcommands() {
        usage.push_str(" <命令>");
    }
    usage
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Args;
    use clap::CommandFactory;

    /// Latin words that a Chinese page may have: names of options, formats, files and codes.
    const NAMES: &[&str] = &[
        "nianbao",
        "Word",
        "Excel",
        "JSON",
        "CSV",
        "TOML",
        "Base64",
        "Ctrl",
        "docx",
        "xlsx",
        "html",
        "json",
        "toml",
        "bash",
        "elvish",
        "fish",
        "powershell",
        "GB",
        "report",
        "finding",
        "mapping",
        "migration",
        "correction",
        "row",
        "waiver",
        "PDF",
        "pdf",
        "csv",
        "zsh",
        "zip",
        "import",
        "schema",
        "show",
        "draft",
        "zh",
        "en",
        "gkbg",
        "text",
        "sarif",
        "waivers",
        "cell",
        "wrong",
        "body",
        "I",
        "N",
        "C",
        "A",
        "help",
        "auto",
        "always",
        "never",
        "NO",
        "COLOR",
        "error",
        "warning",
        "note",
    ];

    fn check(command: &mut Command, path: &str) {
        assert!(about(path).is_some(), "the command `{path}` has no Chinese words");
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            let id = argument.get_id().as_str();
            assert!(words(path, id).is_some(), "`{id}` of `{path}` has no Chinese words");
        }
        let text = command.render_long_help().to_string();
        let options: Vec<String> = command.get_arguments().filter_map(|a| a.get_long().map(str::to_owned)).collect();
        let commands: Vec<String> = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
        for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| w.chars().any(char::is_alphabetic)) {
            let option = options.iter().any(|name| name.split('-').any(|part| part == word));
            let ours = commands.iter().any(|name| name == word) || path.split(' ').any(|part| part == word);
            let short = word.len() == 1;
            assert!(option || ours || short || NAMES.contains(&word), "`{word}` in the help of `{path}`:\n{text}");
        }
        let names: Vec<String> = command.get_subcommands().map(|child| child.get_name().to_owned()).collect();
        for name in names {
            if let Some(child) = command.find_subcommand_mut(&name) {
                check(child, format!("{path} {name}").trim_start());
            }
        }
    }

    #[test]
    fn every_command_and_argument_has_chinese_words_and_no_english_ones() {
        check(&mut command(Args::command()), "");
    }
}
