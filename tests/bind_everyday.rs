//! Everyday variations of reports: other units, other orders in text, comma-separated lists, collections. No figure is wrong without a
//! finding.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fmt::Write as _;

use nianbao::bind::{Binder, Bound, Hints};
use nianbao::document::Budget;
use nianbao::form::{Form, Forms, Layout, LayoutContent};
use nianbao::report::Report;
use rust_decimal::Decimal;

/// The figure of a field in these tests: all different.
fn figure(index: usize) -> usize {
    3000 + index
}

fn form(forms: &Forms) -> &Form {
    forms.get("gkbg-2021").unwrap()
}

/// The rows of a table: texts with their column and row spans.
fn rows(form: &Form, table: usize) -> Vec<Vec<(String, u32, u32)>> {
    let text = |content: &LayoutContent| match content {
        LayoutContent::Field(index) => figure(*index).to_string(),
        LayoutContent::Caption(text)
        | LayoutContent::Corner(text)
        | LayoutContent::ColumnHead(text)
        | LayoutContent::RowHead(text) => text.clone(),
    };
    let layout = Layout::for_table(form, table);
    let row = |row: &Vec<nianbao::form::LayoutCell>| {
        row.iter().map(|cell| (text(&cell.content), cell.col_span, cell.row_span)).collect()
    };
    layout.rows.iter().map(row).collect()
}

/// A report as lines; `table` writes each table.
fn report(form: &Form, agency: &str, table: &dyn Fn(usize) -> String) -> String {
    let mut text = form.title.for_report(agency, 2024);
    for (number, section) in form.sections.iter().enumerate() {
        let Some(heading) = &section.heading else { continue };
        write!(text, "\n{}\n", heading.text).unwrap();
        for at in (0..form.tables.len()).filter(|&at| form.tables[at].section == number) {
            text.push_str(&table(at));
        }
        text.push_str("按规定办理。");
    }
    text
}

/// A table as lines with cells separated by `sign`.
fn lines(form: &Form, table: usize, sign: &str) -> String {
    let line = |row: &Vec<(String, u32, u32)>| {
        let cells: Vec<&str> = row.iter().map(|cell| cell.0.as_str()).collect();
        match sign {
            "|" => format!("| {} |\n", cells.join(" | ")),
            sign => format!("{}\n", cells.join(sign)),
        }
    };
    rows(form, table).iter().map(line).collect()
}

/// A table of a web page.
fn html(form: &Form, table: usize) -> String {
    let cell =
        |(text, columns, rows): &(String, u32, u32)| format!("<td colspan='{columns}' rowspan='{rows}'>{text}</td>");
    let row = |row: &Vec<(String, u32, u32)>| format!("<tr>{}</tr>", row.iter().map(cell).collect::<String>());
    format!("\n<table>{}</table>\n", rows(form, table).iter().map(row).collect::<String>())
}

/// A report with its tables written in each supported way.
fn every_way(form: &Form) -> [(&'static str, String); 3] {
    let text = |sign: &str| report(form, "白渚市民政局", &|table| lines(form, table, sign));
    let page = report(form, "白渚市民政局", &|table| html(form, table)).replace('\n', "\n<p>");
    [("txt", text("\t")), ("txt", text("|")), ("html", page)]
}

fn all(name: &str, text: &str, forms: &Forms) -> Bound {
    let reading = nianbao::read::read(text.as_bytes(), Some(&format!("a.{name}")), &mut Budget::default()).unwrap();
    Binder::new(forms).bind_all(&reading, &Hints::default()).unwrap_or_else(|finding| panic!("{finding:?}"))
}

fn read(name: &str, text: &str, forms: &Forms) -> Report {
    let mut bound = all(name, text, forms);
    assert_eq!(bound.reports.len(), 1, "{text}");
    bound.reports.swap_remove(0)
}

fn value(report: &Report, id: &str) -> Option<Decimal> {
    report.values[id].value
}

/// Asserts that every figure of a table is right, or empty with a finding; returns the number of right figures.
fn right(form: &Form, table: usize, report: &Report) -> usize {
    let mut right = 0;
    for (index, field) in form.fields.iter().enumerate().filter(|(_, field)| field.table == table) {
        let told = report.findings.iter().any(|finding| finding.fields.contains(&field.id));
        match report.values[&field.id].value {
            Some(value) => assert_eq!(value, Decimal::from(figure(index)), "{}", field.id),
            None => assert!(told, "{}: {:?}", field.id, report.findings),
        }
        right += usize::from(report.values[&field.id].value.is_some());
    }
    right
}

const FEE: &str = "disclosure.fees.amount";
const FEE_HEADER: &str = "本年收费金额（单位：万元）";

#[test]
fn the_unit_of_a_header_a_label_or_a_line_counts_in_every_way_of_writing() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    let written = Decimal::from(figure(form.fields.iter().position(|field| field.id == FEE).unwrap()));
    for (name, text) in every_way(form) {
        for (header, label, line, times) in [
            ("本年收费金额（单位：千元）", "行政事业性收费", "", (1, 10)),
            ("本年收费金额（亿元）", "行政事业性收费", "", (10_000, 1)),
            ("本年收费金额", "行政事业性收费（元）", "", (1, 10_000)),
            ("本年收费金额", "行政事业性收费", "单位：件、元", (1, 10_000)),
            ("本年收费金额", "行政事业性收费", "（单位：件/千元）", (1, 10)),
        ] {
            let text = text.replace(FEE_HEADER, header).replace("行政事业性收费", label);
            let text = text.replace("二、主动公开政府信息情况", &format!("二、主动公开政府信息情况\n{line}"));
            let text = if name == "html" { text.replace(&format!("\n{line}"), &format!("<p>{line}")) } else { text };
            let report = read(name, &text, &forms);
            let expected = written * Decimal::from(times.0) / Decimal::from(times.1);
            assert_eq!(value(&report, FEE), Some(expected), "{name} {header} {label} {line}");
            let told = |finding: &&nianbao::finding::Finding| finding.fields == [FEE];
            assert_eq!(report.findings.iter().find(told).map(|finding| finding.code.as_ref()), Some("unit-converted"));
        }
    }
}

/// The report with lines before and after table two, and a line below the title.
fn with_lines(name: &str, text: &str, (title, before, after): (&str, &str, &str)) -> String {
    let line = |line: &str| match (line, name) {
        ("", _) => String::new(),
        (line, "html") => format!("<p>{line}<p>"),
        (line, _) => format!("\n{line}\n"),
    };
    let heading = |text: String, heading: &str, put: &dyn Fn(&str) -> String| text.replace(heading, &put(heading));
    let text = heading(text.to_owned(), "一、总体情况", &|own| format!("{}{own}", line(title)));
    let text = heading(text, "二、主动公开政府信息情况", &|own| format!("{own}{}", line(before)));
    heading(text, "三、收到和处理政府信息公开申请情况", &|own| format!("{}{own}", line(after)))
}

#[test]
fn a_unit_in_an_odd_place_counts_or_is_reported() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    let written = Decimal::from(figure(form.fields.iter().position(|field| field.id == FEE).unwrap()));
    let (header, caption) = ("本年收费金额", "第二十条第（八）项");
    let yuan = Some(Decimal::from(10_000));
    for (name, text) in every_way(form) {
        for (header, caption, lines, by) in [
            (header, caption, ("", "", "单位：件/元"), yuan),
            (header, caption, ("", "", "说明：收费金额单位为元，其余为件。"), yuan),
            (header, caption, ("", "以下金额单位为元", ""), yuan),
            (header, caption, ("", "表中收费金额以元为单位。", ""), yuan),
            (header, "第二十条第（八）项（单位：元）", ("", "", ""), yuan),
            ("本年收费金额（RMB：元）", caption, ("", "", ""), yuan),
            // The header counts, or the form's unit; the other is reported.
            (FEE_HEADER, caption, ("", "", "单位：件/元"), Some(Decimal::ONE)),
            (FEE_HEADER, "第二十条第（八）项（单位：元）", ("", "", ""), Some(Decimal::ONE)),
            (header, caption, ("本报告金额单位均为元。", "", ""), Some(Decimal::ONE)),
            // A unit that the form's cannot be made of.
            ("本年收费金额（单位：美元）", caption, ("", "", ""), None),
        ] {
            let text = text.replace(FEE_HEADER, header).replace("第二十条第（八）项", caption);
            let report = read(name, &with_lines(name, &text, lines), &forms);
            let case = format!("{name} {header} {caption} {lines:?}: {:?}", report.findings);
            let told = report.findings.iter().any(|finding| finding.fields.iter().any(|field| field == FEE));
            assert!(told, "{case}");
            let expected = by.map(|by| written / by);
            assert!(value(&report, FEE) == expected || (name != "html" && by.is_none()), "{case}");
        }
    }
}

#[test]
fn counts_in_hundreds_below_a_table_are_its_own_and_not_the_next_ones() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    for (name, text) in every_way(form) {
        let text = with_lines(name, &text, ("", "", "单位：百件"));
        let report = read(name, &text, &forms);
        for (index, field) in form.fields.iter().enumerate().filter(|(_, field)| field.id != FEE) {
            let by = if field.table == 0 { 100 } else { 1 };
            assert_eq!(value(&report, &field.id), Some(Decimal::from(figure(index) * by)), "{name} {}", field.id);
        }
    }
}

#[test]
fn two_units_of_one_table_are_reported_once_and_the_header_counts() {
    let forms = Forms::built_in().unwrap();
    for (name, text) in every_way(form(&forms)) {
        let report = read(name, &text.replace("行政事业性收费", "行政事业性收费（元）"), &forms);
        let told: Vec<_> = report.findings.iter().filter(|finding| finding.code == "units-differ").collect();
        assert_eq!(told.len(), 1, "{name}: {:?}", report.findings);
        assert_eq!(told[0].fields, [FEE]);
        assert_eq!(told[0].message.zh, "表二的单位有两种写法：“万元”和“元”，按“万元”读取。请核对单位。");
    }
}

#[test]
fn counts_in_ten_thousands_are_converted_and_reported_once() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    for (name, text) in every_way(form) {
        let text = text.replace("本年处理决定数量", "本年处理决定数量（万件）");
        let break_of_line = if name == "html" { "<p>" } else { "" };
        let heading = "三、收到和处理政府信息公开申请情况\n";
        let text = text.replace(heading, &format!("{heading}{break_of_line}单位：万件\n"));
        let report = read(name, &text, &forms);
        for (index, field) in form.fields.iter().enumerate() {
            let many = field.id.ends_with("decisions") || field.table == 1;
            let written = Decimal::from(figure(index));
            let expected = if many { written * Decimal::from(10_000) } else { written };
            assert_eq!(report.values[&field.id].value, Some(expected), "{name} {}", field.id);
        }
        let told: Vec<usize> = report
            .findings
            .iter()
            .filter(|finding| finding.code == "unit-converted")
            .map(|finding| finding.fields.len())
            .collect();
        let table_three = form.fields.iter().filter(|field| field.table == 1).count();
        assert_eq!(told, [3, table_three], "{name}");
    }
}

#[test]
fn cells_between_commas_or_semicolons_are_read_and_commas_in_numbers_are_kept() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    for sign in ["，", "；", ";", "、"] {
        let found = read("txt", &report(form, "白渚市民政局", &|table| lines(form, table, sign)), &forms);
        let right: usize = (0..form.tables.len()).map(|table| right(form, table, &found)).sum();
        assert_eq!(right, form.fields.len(), "{sign}");
    }
    let thousands = |text: String| {
        (0..form.fields.len()).rev().fold(text, |text, index| {
            let plain = figure(index).to_string();
            text.replace(&plain, &format!("{},{}", &plain[..1], &plain[1..]))
        })
    };
    let text = thousands(report(form, "白渚市民政局", &|table| lines(form, table, "\t")));
    let found = read("txt", &text, &forms);
    assert_eq!((0..form.tables.len()).map(|table| right(form, table, &found)).sum::<usize>(), form.fields.len());
}

/// The lines of table four, each replaced by `make`.
fn disputes(form: &Form, sign: &str, make: impl Fn(usize, Vec<String>) -> Option<String>) -> String {
    let table = |table: usize| {
        if table != 2 {
            return lines(form, table, sign);
        }
        let lines = rows(form, table).into_iter().enumerate();
        let made = lines.filter_map(|(number, row)| make(number, row.into_iter().map(|cell| cell.0).collect()));
        made.fold(String::new(), |text, line| text + &line + "\n")
    };
    report(form, "白渚市民政局", &table)
}

#[test]
fn columns_of_a_text_in_another_order_are_read_by_their_header_or_not_at_all() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    let groups = |row: &[String], order: [usize; 3]| -> Vec<String> {
        order.iter().flat_map(|at| row[at * 5..at * 5 + 5].to_vec()).collect()
    };
    let total_first = |row: &[String]| -> Vec<String> {
        row.chunks(5).flat_map(|group| [&group[4..], &group[..4]].concat()).collect()
    };
    // Groups exchanged with their figures, the lines below not.
    let text = disputes(form, "\t", |number, row| match number {
        0 => Some(format!("{}\t{}", row[1], row[0])),
        3 => Some(groups(&row, [1, 2, 0]).join("\t")),
        _ => Some(row.join("\t")),
    });
    assert_eq!(right(form, 2, &read("txt", &text, &forms)), 0);
    // The total of each group first, in every line.
    let text = disputes(form, "\t", |number, row| match number {
        1 => Some(format!("{}\t{}\t{}", total_first(&row[..5]).join("\t"), row[5], row[6])),
        2 | 3 => Some(total_first(&row).join("\t")),
        _ => Some(row.join("\t")),
    });
    assert_eq!(right(form, 2, &read("txt", &text, &forms)), 15);
    // A line that numbers the columns is not a row of figures.
    let text = disputes(form, "\t", |number, row| {
        let numbers: Vec<String> = (1..=15).map(|number: u32| number.to_string()).collect();
        Some(if number == 3 { format!("{}\n{}", numbers.join("\t"), row.join("\t")) } else { row.join("\t") })
    });
    assert_eq!(right(form, 2, &read("txt", &text, &forms)), 15);
}

#[test]
fn a_row_of_sums_below_groups_in_rows_is_not_read_as_a_group() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    for sign in ["\t", "|"] {
        let row = |cells: &[String]| if sign == "|" { format!("| {} |", cells.join(" | ")) } else { cells.join(sign) };
        let text = disputes(form, sign, |number, cells| {
            let labelled = |label: &str, figures: &[String]| row(&[&[label.to_owned()], figures].concat());
            match number {
                1 => Some(labelled("类型", &cells[..5])),
                3 => Some(
                    [
                        labelled("行政复议", &cells[..5]),
                        labelled("行政诉讼（未经复议直接起诉）", &cells[5..10]),
                        labelled("行政诉讼（复议后起诉）", &cells[10..]),
                        labelled("合计", &["1", "2", "3", "4", "10"].map(str::to_owned)),
                    ]
                    .join("\n"),
                ),
                _ => None,
            }
        });
        right(form, 2, &read("txt", &text, &forms));
    }
}

/// Table four as a web page, with a row of labels before each of some rows of figures.
fn offices(form: &Form, made: &[(&str, Vec<String>)]) -> String {
    report(form, "白渚市民政局", &|table| {
        let page = html(form, table);
        if table != 2 {
            return page;
        }
        let last = page.rfind("<tr>").unwrap();
        let head = page[..last].replacen("<tr>", "<tr><td rowspan='3'>单位</td>", 1);
        let row = |(label, figures): &(&str, Vec<String>)| {
            let cells: String = figures.iter().map(|figure| format!("<td>{figure}</td>")).collect();
            format!("<tr><td>{label}</td>{cells}</tr>")
        };
        format!("{head}{}</table>\n", made.iter().map(row).collect::<String>())
    })
    .replace('\n', "\n<p>")
}

#[test]
fn of_the_rows_of_offices_the_total_is_read_where_it_is_their_sum() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    let first = form.fields.iter().position(|field| field.table == 2).unwrap();
    let row =
        |make: &dyn Fn(usize) -> usize| (first..first + 15).map(|index| make(figure(index)).to_string()).collect();
    let (own, below): (Vec<String>, Vec<String>) = (row(&|whole| whole - 40), row(&|_| 40));
    let total: Vec<String> = row(&|whole| whole);
    for made in [
        [("本级", own.clone()), ("下属", below.clone()), ("合计", total.clone())],
        [("总计", total.clone()), ("机关", own.clone()), ("事业单位", below.clone())],
    ] {
        let found = read("html", &offices(form, &made), &forms);
        assert_eq!(right(form, 2, &found), 15, "{:?}", found.findings);
    }
    // If the total is not their sum, or there are two, none is read.
    let wrong: Vec<String> = row(&|whole| whole + 1);
    for made in [vec![("本级", own.clone()), ("下属", below), ("合计", wrong)], vec![("本级", own), ("合计", total)]]
    {
        let found = read("html", &offices(form, &made), &forms);
        let taken = form.fields[first..].iter().filter(|field| field.table == 2 && value(&found, &field.id).is_some());
        assert_eq!(taken.count(), 0, "{:?}", found.findings);
    }
}

#[test]
fn a_column_of_units_has_no_figures_and_its_units_count() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    let page = report(form, "白渚市民政局", &|table| {
        let page = html(form, table);
        if table != 0 {
            return page;
        }
        let rows = page.split_inclusive("</tr>").map(|row| {
            let unit = if row.contains("信息内容") {
                "计量单位"
            } else if row.contains("收费<") {
                "元"
            } else {
                "件"
            };
            match row.match_indices("</td>").next() {
                Some((end, _)) if row.matches("</td>").count() > 1 => {
                    format!("{}</td><td>{unit}{}", &row[..end], &row[end..])
                }
                _ => row.replace("colspan='4'", "colspan='5'"),
            }
        });
        rows.collect::<String>().replace(FEE_HEADER, "本年收费金额")
    });
    let found = read("html", &page.replace('\n', "\n<p>"), &forms);
    for (index, field) in form.fields.iter().enumerate().filter(|(_, field)| field.table == 0) {
        let written = Decimal::from(figure(index));
        let expected = if field.id == FEE { written / Decimal::from(10_000) } else { written };
        assert_eq!(value(&found, &field.id), Some(expected), "{}: {:?}", field.id, found.findings);
    }
}

#[test]
fn last_years_table_does_not_complete_this_years_that_is_turned() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    let turned = |table: usize| {
        let layout = Layout::for_table(form, table);
        let mut grid = vec![vec![String::new(); layout.rows.len()]; layout.columns as usize];
        for (row, cells) in rows(form, table).iter().zip(&layout.rows) {
            for ((text, columns, rows), cell) in row.iter().zip(cells) {
                let tag = format!("<td colspan='{rows}' rowspan='{columns}'>{text}</td>");
                grid[cell.column as usize][cell.row as usize] = tag;
            }
        }
        let rows = grid.iter().map(|row| format!("<tr>{}</tr>", row.concat()));
        format!("<table>{}</table>", rows.collect::<String>())
    };
    let last_year = (0..form.fields.len()).rev().fold(html(form, 0), |text, index| {
        text.replace(&format!(">{}<", figure(index)), &format!(">{}<", figure(index) + 70_000))
    });
    let page = report(form, "白渚市民政局", &|table| match table {
        0 => format!("<p>上年度有关数据：</p>{last_year}<p>本年度有关数据：</p>{}", turned(0)),
        table => html(form, table),
    });
    let found = read("html", &page.replace('\n', "\n<p>"), &forms);
    assert_eq!(right(form, 0, &found), 10);
}

#[test]
fn a_collection_names_no_reports_agency_and_gives_its_year() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    let agencies = ["白渚市民政局", "白渚市教育局", "白渚市水务局"];
    for before in ["填报单位：", ""] {
        let mut text = form.title.for_report("白渚市", 2024) + "汇编\n";
        for agency in agencies {
            writeln!(text, "{before}{agency}").unwrap();
            (0..form.tables.len()).for_each(|table| text.push_str(&lines(form, table, "\t")));
        }
        let bound = all("txt", &text, &forms);
        let named: Vec<_> = bound.reports.iter().map(|report| (report.agency.as_deref(), report.year)).collect();
        assert_eq!(named, agencies.map(|agency| (Some(agency), Some(2024))), "{before}");
        for report in &bound.reports {
            assert_eq!(
                (0..form.tables.len()).map(|table| right(form, table, report)).sum::<usize>(),
                form.fields.len()
            );
        }
    }
}

#[test]
fn a_name_above_a_title_that_contains_it_is_not_part_of_it() {
    let forms = Forms::built_in().unwrap();
    let form = form(&forms);
    let page = report(form, "白渚市民政局", &|table| html(form, table)).replace('\n', "\n<p>");
    let found = read("html", &format!("<h2>白渚市民政局</h2><h1>{page}"), &forms);
    assert_eq!(found.agency.as_deref(), Some("白渚市民政局"));
    let broken = page.replacen("白渚市民政局", "白渚市</h1><h1>民政局", 1);
    assert_eq!(read("html", &format!("<h1>{broken}"), &forms).agency.as_deref(), Some("白渚市民政局"));
    // In Markdown each title is marked.
    let two = |agency: &str| format!("# {}\n", report(form, agency, &|table| lines(form, table, "|")));
    let bound = all("md", &(two("白渚市民政局") + &two("白渚市教育局")), &forms);
    let named: Vec<_> = bound.reports.iter().map(|report| report.agency.as_deref()).collect();
    assert_eq!(named, [Some("白渚市民政局"), Some("白渚市教育局")]);
}
