//! Page breaks, converters and crawlers: their effect on a report's tables and the text around them.

use nianbao::sampler::Random;

use super::render::{Cell, Clear, Layout, Piece, Render, Source, joined, lines, pipes, unmarked, with_rows};

const fn rows(name: &'static str, render: Render) -> Layout {
    Layout { name, clear: Clear::Rows, render }
}

const fn judged(name: &'static str, render: Render) -> Layout {
    Layout { name, clear: Clear::Judged, render }
}

/// Width of a text in a fixed-width font: two columns for a Han character.
fn width(text: &str) -> usize {
    unmarked(text).chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}

/// Columns separated by blanks, as in the text layout of a PDF: labels on the left, figures below their headers.
fn columns(cells: &[Cell]) -> String {
    let mut line = String::new();
    for (number, cell) in cells.iter().enumerate() {
        let shown = cell.shown();
        let column = if number == 0 { 0 } else { 30 + number * 10 };
        let gap = column.saturating_sub(width(&line)).max(if number == 0 { 0 } else { 2 });
        line.push_str(&" ".repeat(gap));
        line.push_str(&shown);
    }
    line + "\n"
}

/// The header rows of a table: those without figures, at the top.
fn header(rows: &[Vec<Cell>]) -> &[Vec<Cell>] {
    let height = rows.iter().position(|row| row.iter().any(|cell| cell.field.is_some())).unwrap_or(0);
    &rows[..height]
}

/// Rows with page breaks between them: a page number, and the table's header again.
fn paged(source: &Source, random: &mut Random, row: impl Fn(&[Cell]) -> String) -> String {
    let mut text = String::new();
    let mut page = 1;
    for piece in &source.pieces {
        match piece {
            Piece::Heading(words) | Piece::Line(words) => text.push_str(&format!("{words}\n")),
            Piece::Table(rows) => {
                for (number, cells) in rows.iter().enumerate() {
                    let figures = cells.iter().any(|cell| cell.field.is_some());
                    if figures && number > header(rows).len() && random.once_in(7) {
                        page += 1;
                        let shown = [
                            format!("— {page} —"),
                            format!("- {page} -"),
                            format!("第{page}页 共9页"),
                            format!("第 {page} 页"),
                            format!("{page} / 9"),
                        ];
                        text.push_str(&format!("{}\n", random.pick(&shown).unwrap()));
                        text.extend(header(rows).iter().map(|cells| row(cells)));
                    }
                    text.push_str(&row(cells));
                }
            }
        }
    }
    text
}

/// A row whose label is split over lines around its figures.
fn broken(cells: &[Cell], random: &mut Random) -> String {
    let figures: Vec<Cell> = cells.iter().filter(|cell| cell.field.is_some()).cloned().collect();
    let (Some(label), false) = (cells.iter().rfind(|cell| cell.field.is_none()), figures.is_empty()) else {
        return joined(cells, "  ") + "\n";
    };
    let groups: Vec<Cell> = cells.iter().filter(|cell| cell.field.is_none()).cloned().collect();
    let groups = joined(&groups[..groups.len() - 1], "\n");
    let characters: Vec<char> = label.words.chars().collect();
    let at = (characters.len() / 2).max(3).min(characters.len());
    let (one, other): (String, String) = (characters[..at].iter().collect(), characters[at..].iter().collect());
    let figures = joined(&figures, "  ");
    let text = match random.below(3) {
        0 => format!("{groups}\n{one}  {figures}\n{other}\n"),
        1 => format!("{groups}\n{one}\n        {figures}\n{other}\n"),
        _ => format!("{groups}\n{one}\n{other}  {figures}\n"),
    };
    text.trim_start().to_owned()
}

/// A row with its label after its figures.
fn label_last(cells: &[Cell], between: &str) -> String {
    let figures = cells.iter().filter(|cell| cell.field.is_some()).cloned();
    let labels = cells.iter().filter(|cell| cell.field.is_none()).cloned();
    joined(&figures.chain(labels).collect::<Vec<_>>(), between) + "\n"
}

/// The text of two reports, line by line in two columns.
fn beside(one: &str, other: &str) -> String {
    let mut others = other.lines();
    let mut text = String::new();
    for line in one.lines() {
        text.push_str(&format!("{line}    {}\n", others.next().unwrap_or_default()));
    }
    others.for_each(|line| text.push_str(&format!("{line}\n")));
    text
}

/// The text with rows separate from other lines, and each heading changed.
fn headings(source: &Source, mut heading: impl FnMut(&str) -> String) -> String {
    let mut text = String::new();
    for piece in &source.pieces {
        match piece {
            Piece::Heading(words) => text.push_str(&heading(words)),
            Piece::Line(words) => text.push_str(&format!("{words}\n")),
            Piece::Table(rows) => rows.iter().for_each(|cells| text.push_str(&(joined(cells, " | ") + " |\n"))),
        }
    }
    text
}

/// Table four in three parts, each with its part of the header above it.
fn in_pieces(rows: &[Vec<Cell>]) -> String {
    let [top, groups, leaves, figures] = rows else { return String::new() };
    let heads = [vec![&top[0]], vec![&top[1], &groups[5]], vec![&top[1], &groups[6]]];
    let leaves: Vec<&Cell> = groups[..5].iter().chain(leaves).collect();
    let mut text = String::new();
    for (number, heads) in heads.iter().enumerate() {
        for cell in heads.iter().copied().chain(leaves[number * 5..number * 5 + 5].iter().copied()) {
            text.push_str(&format!("{} | ", cell.shown()));
        }
        text.push('\n');
        text.push_str(&(joined(&figures[number * 5..number * 5 + 5], " | ") + " |\n"));
    }
    text
}

/// A page of a government site around the text of a report.
fn site(source: &Source, body: &str) -> String {
    let title = source.report.title.clone().unwrap();
    let agency = source.report.agency.clone().unwrap();
    format!(
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}_政府信息公开_门户网站</title></head><body>\
         <div class=top><a href=/>无障碍</a><a href=/>长者版</a><input value=搜索></div>\
         <ul class=nav><li><a href=/>首页</a><li><a href=/>政务公开</a><li><a href=/>办事服务</a><li><a href=/>互动交流</a></ul>\
         <div class=position>当前位置：<a href=/>首页</a> &gt; <a href=/>政务公开</a> &gt; <a href=/>政府信息公开年报</a></div>\
         <table class=meta><tr><td>索引号</td><td>000014349/2024-00012</td><td>主题分类</td><td>年报</td></tr>\
         <tr><td>发布机构</td><td>{agency}</td><td>发文日期</td><td>2024-01-18</td></tr>\
         <tr><td>名 称</td><td colspan=3>{title}</td></tr></table>\
         <h1>{title}</h1><div class=info>来源：{agency} 发布时间：2024-01-18 浏览次数：<span id=hits>128</span>次 \
         字体：[大 中 小]</div><div class=share>分享到：<a>微信</a><a>微博</a><a>QQ空间</a></div>\
         <div id=zoom class=TRS_Editor>{body}</div><div>扫一扫在手机打开当前页</div><div>【打印】【关闭】</div>\
         <div>上一篇：2023年政府信息公开工作年度报告</div><div class=footer><p>主办：{agency}</p>\
         <p>网站标识码：4207000059 ICP备05012345号</p></div></body></html>"
    )
}

/// The sections of a report as paragraphs, and its tables by `table`.
fn page_body(source: &Source, paragraph: (&str, &str), table: impl Fn(&[Vec<Cell>]) -> String) -> String {
    let mut body = String::new();
    for piece in &source.pieces {
        match piece {
            Piece::Heading(words) | Piece::Line(words) => {
                body.push_str(&format!("{}{words}{}", paragraph.0, paragraph.1));
            }
            Piece::Table(rows) => body.push_str(&table(rows)),
        }
    }
    body
}

fn cells_as(rows: &[Vec<Cell>], before: &str, after: &str) -> String {
    rows.iter().flatten().map(|cell| format!("{before}{}{after}", cell.shown())).collect()
}

/// The layouts.
pub(crate) const LAYOUTS: &[Layout] = &[
    rows("columns-of-blanks", |source, _| with_rows(&source.pieces, "\n", columns)),
    rows("pages-with-columns", |source, random| paged(source, random, columns)),
    rows("pages-with-pipes", |source, random| paged(source, random, |cells| joined(cells, " | ") + " |\n")),
    rows("pages-with-cell-lines", |source, random| paged(source, random, |cells| joined(cells, "\n") + "\n")),
    judged("pages-with-glued-rows", |source, random| paged(source, random, |cells| joined(cells, "") + "\n")),
    rows("labels-broken", |source, random| with_rows(&source.pieces, "\n", |cells| broken(cells, random))),
    rows("labels-last-lines", |source, _| with_rows(&source.pieces, "\n", |cells| label_last(cells, "\n"))),
    rows("labels-last-pipes", |source, _| with_rows(&source.pieces, "\n", |cells| label_last(cells, " | "))),
    rows("labels-last-blanks", |source, _| with_rows(&source.pieces, "\n", |cells| label_last(cells, "   "))),
    rows("label-row-then-figures", |source, _| {
        with_rows(&source.pieces, "\n", |cells| {
            let (figures, labels): (Vec<Cell>, Vec<Cell>) =
                cells.iter().cloned().partition(|cell| cell.field.is_some());
            let row = |cells: &[Cell]| {
                if cells.is_empty() { String::new() } else { format!("| {} |\n", joined(cells, " | ")) }
            };
            row(&labels) + &row(&figures)
        })
    }),
    rows("markdown-invented-headers", |source, _| {
        with_rows(&source.pieces, "\n\n", |cells| {
            let heads: Vec<String> = (1..=cells.len()).map(|number| format!("列{number}")).collect();
            format!("| {} |\n|{}\n| {} |\n\n", heads.join(" | "), "---|".repeat(cells.len()), joined(cells, " | "))
        })
    }),
    rows("markdown-blank-headers", |source, _| {
        with_rows(&source.pieces, "\n\n", |cells| {
            let count = cells.len();
            format!("|{}\n|{}\n| {} |\n\n", "  |".repeat(count), " --- |".repeat(count), joined(cells, " | "))
        })
    }),
    rows("headings-doubled", |source, _| headings(source, |words| format!("## {words}\n\n{words}\n"))),
    rows("headings-missing", |source, random| {
        headings(source, |words| if random.once_in(2) { String::new() } else { format!("{words}\n") })
    }),
    rows("one-after-another", |source, _| pipes(&source.pieces) + &pipes(&source.other)),
    judged("one-after-another-glued", |source, _| {
        with_rows(&source.pieces, "", |cells| joined(cells, ""))
            + &with_rows(&source.other, "", |cells| joined(cells, ""))
    }),
    rows("one-after-another-lines", |source, _| lines(&source.pieces) + &lines(&source.other)),
    Layout {
        name: "side-by-side-blanks",
        clear: Clear::Nothing,
        render: |source, _| {
            let row = |cells: &[Cell]| joined(cells, "  ") + "\n";
            beside(&with_rows(&source.pieces, "\n", row), &with_rows(&source.other, "\n", row))
        },
    },
    Layout {
        name: "side-by-side-pipes",
        clear: Clear::Nothing,
        render: |source, _| beside(&pipes(&source.pieces), &pipes(&source.other)),
    },
    Layout {
        name: "side-by-side-glued",
        clear: Clear::Nothing,
        render: |source, _| {
            let row = |cells: &[Cell]| joined(cells, "") + "\n";
            beside(&with_rows(&source.pieces, "\n", row), &with_rows(&source.other, "\n", row))
        },
    },
    rows("captions-missing", |source, _| {
        with_rows(&source.pieces, "\n", |cells| {
            let caption = cells.len() == 1 && cells[0].words.starts_with("第二十条");
            if caption { String::new() } else { joined(cells, " | ") + " |\n" }
        })
    }),
    rows("captions-decorated", |source, _| {
        with_rows(&source.pieces, "\n", |cells| {
            let caption = cells.len() == 1 && cells[0].words.starts_with("第二十条");
            let before = if caption { "中华人民共和国政府信息公开条例 " } else { "" };
            format!("{before}{} |\n", joined(cells, " | "))
        })
    }),
    rows("local-rows-between", |source, random| {
        with_rows(&source.pieces, "\n", |cells| {
            let local = cells.iter().any(|cell| cell.field.is_some()) && cells.len() > 2 && random.once_in(6);
            let row = joined(cells, " | ") + " |\n";
            if local { row + "本地自设事项 | 7 | 8 | 9 |\n" } else { row }
        })
    }),
    rows("prose-between", |source, random| {
        with_rows(&source.pieces, "\n", |cells| {
            let note = cells.iter().any(|cell| cell.field.is_some()) && random.once_in(6);
            let row = joined(cells, "\n") + "\n";
            if note { row + "本年度内单位处理决定数量39件，不存在其他情况。\n" } else { row }
        })
    }),
    rows("table-four-in-pieces", |source, _| {
        let mut text = String::new();
        for piece in &source.pieces {
            match piece {
                Piece::Heading(words) | Piece::Line(words) => text.push_str(&format!("{words}\n")),
                Piece::Table(rows) if rows.len() == 4 => text.push_str(&in_pieces(rows)),
                Piece::Table(rows) => rows.iter().for_each(|cells| text.push_str(&(joined(cells, " | ") + " |\n"))),
            }
        }
        text
    }),
    judged("sub-labels-lost", |source, _| {
        with_rows(&source.pieces, "", |cells| {
            let sub =
                |cell: &Cell| cell.field.is_none() && cell.words.starts_with(|first: char| first.is_ascii_digit());
            let shown = |cell: &Cell| {
                if sub(cell) {
                    String::new()
                } else if cells.iter().any(sub) {
                    cell.words.clone()
                } else {
                    cell.shown()
                }
            };
            cells.iter().map(shown).collect()
        })
    }),
    judged("site-in-one-line", |source, _| {
        let title = source.report.title.clone().unwrap();
        format!(
            "标题: {title}\n发布时间: 2024-01-19 14:16\n文号: \n==== 正文 ====\n当前位置： 首页政务公开政府信息公开年报 {title} 来源： \
             时间：2024-01-19 14:16 --> 微信 微博 QQ空间 文件下载 相关链接： {} 附件下载",
            with_rows(&source.pieces[1..], "", |cells| joined(cells, ""))
        )
    }),
    rows("site-with-paragraphs", |source, _| {
        site(source, &page_body(source, ("<p>", "</p>"), |rows| cells_as(rows, "<p>\n<span>", "</span>&nbsp;</p>")))
    }),
    rows("site-with-fonts", |source, _| {
        let cell = ("<p style='text-align:center'><font face=仿宋><font size=3>", "</font></font><o:p></o:p></p>");
        site(source, &page_body(source, ("<font>", "</font><br>"), |rows| cells_as(rows, cell.0, cell.1)))
    }),
    rows("site-with-breaks", |source, _| {
        site(source, &page_body(source, ("", "<br>"), |rows| cells_as(rows, "", "<br/>\n")))
    }),
    rows("site-with-rows-of-divs", |source, _| {
        let row = |cells: &[Cell]| {
            let cells: String = cells.iter().map(|cell| format!("<div class=td>{}</div>", cell.shown())).collect();
            format!("<div class=tr>{cells}</div>")
        };
        site(source, &page_body(source, ("<p>", "</p>"), |rows| rows.iter().map(|cells| row(cells)).collect()))
    }),
];
