//! Start and end of the report in a document's text, and the web page around it.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::headings::Heading;
use super::title::{FoundTitle, parse};
use crate::bind::source::stream::{LineKind, Stream};
use crate::form::Form;
use crate::text::{blank, fold};

/// The report in a document's text.
#[derive(Debug, Clone, Default)]
pub(in crate::bind) struct Frame {
    /// The title, if found.
    pub(in crate::bind) title: Option<FoundTitle>,
    /// The lines of the title; empty if it is not on lines of its own.
    pub(in crate::bind) title_lines: Range<usize>,
    /// Byte offset in the raw text after the title.
    pub(in crate::bind) start: usize,
    /// Byte offset in the raw text after the report.
    pub(in crate::bind) end: usize,
    /// Indices of lines that belong to the web page and not to the report, ascending.
    pub(in crate::bind) page_lines: Vec<usize>,
}

#[allow(clippy::expect_used, reason = "the patterns are constants, and every test of this module compiles them")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

/// Minimum number of characters of a heading that is recognised at the end of a line.
const HEADING: usize = 6;

/// A line of page data between title and text: source, time, font size switches.
static PAGE_DATA: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^\s*[\[【（(]?\s*(?:信息来源|来源|稿源|发布时间|发布日期|发布机构|发布者|发布单位|索\s*引\s*号|文\s*号|发文字号|浏览次数|浏览|点击数?|点击量|字\s*体|字号|责任编辑|编辑|作者|时间|日期|成文日期|发文日期|生成日期|公开日期|有\s*效\s*性|分类|主题分类|组配分类|主题词|名\s*称|标\s*题|栏目|原文链接|打印|分享|当前位置|您的位置|您现在的位置)\s*[:：】\]）)]",
    )
});

/// A line that occurs only in the footer of a web page.
static FOOTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"主办单位\s*[:：]|主办\s*[:：]|承办单位\s*[:：]|版权所有|网站标识码|公网安备|ICP备|网站地图|技术支持\s*[:：]|建议使用.{0,12}浏览器|^\s*(?:上一篇|下一篇|上一条|下一条|打印本页|关闭窗口|【打印|附件下载|扫一扫|分享到)",
    )
});

/// Finds the title and the end of the report. `web` is whether the document is a web page, or text that may have been copied from one.
pub(in crate::bind) fn find(form: &Form, stream: &Stream, headings: &[Heading], web: bool) -> Frame {
    let first_heading = headings.first().map_or(stream.raw.len(), |heading| heading.start);
    let mut frame = Frame { end: stream.raw.len(), ..Frame::default() };
    let line = find_title(form, stream, first_heading, &mut frame);
    if !web {
        return frame;
    }
    let body = line.map_or(0, |line| line + 1);
    if frame.title.as_ref().is_some_and(|title| title.alone) {
        // Lines above the title belong to the page.
        frame.page_lines.extend(0..frame.title_lines.start);
    }
    for (number, line) in stream.lines.iter().enumerate().skip(body) {
        let text = &stream.raw[line.start..line.end];
        let early = line.start < first_heading && text.chars().count() <= 120;
        if early && (PAGE_DATA.is_match(text) || FOOTER.is_match(text)) {
            frame.page_lines.push(number);
        }
    }
    let last_heading = headings.last().map_or(0, |heading| heading.end);
    let tail = stream.lines.iter().position(|line| {
        line.start >= last_heading.max(frame.start) && FOOTER.is_match(&stream.raw[line.start..line.end])
    });
    if let Some(tail) = tail.filter(|_| !headings.is_empty()) {
        frame.end = stream.lines[tail].start;
        frame.page_lines.extend(tail..stream.lines.len());
    }
    frame
}

/// Finds the title above the first heading, on up to three lines; returns the index of its last line.
fn find_title(form: &Form, stream: &Stream, before: usize, frame: &mut Frame) -> Option<usize> {
    let title = &form.title;
    let text_line = |number: usize| {
        let line = stream.lines.get(number)?;
        matches!(line.kind, LineKind::Text { .. }).then(|| stream.raw[line.start..line.end].trim_matches(blank))
    };
    let last = stream.lines.partition_point(|line| line.start < before).min(60);
    let mut best: Option<(u8, Range<usize>, FoundTitle)> = None;
    for number in 0..last {
        let mut joined = String::new();
        for count in 0..3 {
            let Some(text) = text_line(number + count).filter(|_| number + count < last) else { break };
            let long = count > 0 && (text.chars().count() > 40 || joined.chars().count() > 60);
            // A title does not end one sheet and begin the next, and has no label of a line for the agency.
            let apart = stream.lines[number + count].place.part != stream.lines[number].place.part;
            if long || apart || text.ends_with(['：', ':']) && count > 0 || is_heading(form, text) {
                break;
            }
            joined.push_str(text);
            let Some(mut found) = parse(title, &joined) else { continue };
            let mut first = number;
            // A line with the name alone above a title that contains the name is not part of the title.
            if let Some(own) = parse(title, text).filter(|_| count > 0)
                && let Some(name) = own.agency.as_deref()
                && own.year.is_some()
                && joined[..joined.len() - text.len()].ends_with(name)
            {
                (first, found) = (number + count, own);
                text.clone_into(&mut joined);
            }
            let short = joined.chars().count() <= 80;
            let whole = found.agency.is_some() && found.year.is_some();
            // A separate title with agency and year ranks first, a mention in running text last.
            let rank = u8::from(whole) * 4 + u8::from(found.alone && short) * 2 + u8::from(short);
            if best.as_ref().is_none_or(|known| rank > known.0) && (short || whole) {
                best = Some((rank, first..number + count + 1, found));
            }
            break;
        }
    }
    let (_, lines, found) = best?;
    let line = lines.end - 1;
    if found.alone {
        frame.title_lines = lines;
    }
    frame.start = if found.alone { (stream.lines[line].end + 1).min(stream.raw.len()) } else { 0 };
    frame.title = Some(found);
    Some(line)
}

/// Whether a line ends with the heading of a section, as in a table of contents. Headings that end with the words of the title are
/// ignored.
fn is_heading(form: &Form, text: &str) -> bool {
    let folded = fold(text);
    let titled = |bare: &String| form.title.names.iter().any(|name| bare.ends_with(name.as_str()));
    let headings =
        form.sections.iter().filter_map(|section| section.heading.as_ref()).flat_map(|heading| &heading.bare);
    let long = |bare: &&String| bare.chars().count() >= HEADING;
    headings.filter(long).filter(|bare| !titled(bare)).any(|bare| folded.ends_with(bare.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_web_page_are_distinguished_from_a_report() {
        for line in [
            "来源：县政府办公室",
            "发布时间：2024-01-05 10:30",
            "【字体：大 中 小】",
            "索 引 号：000014349",
            "浏览次数: 25",
        ] {
            assert!(PAGE_DATA.is_match(line), "{line}");
        }
        for line in [
            "主办单位：某县人民政府",
            "网站标识码：3200000001",
            "上一篇：某局年报",
            "苏ICP备00000001号",
            "【打印】【关闭】",
        ] {
            assert!(FOOTER.is_match(line), "{line}");
        }
        for line in ["一、总体情况", "本年度发布信息12条，来源可靠。", "本单位负责承办单位的答复工作。", "合计 12 0 3"]
        {
            assert!(!PAGE_DATA.is_match(line) && !FOOTER.is_match(line), "{line}");
        }
    }
}
