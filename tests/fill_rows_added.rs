//! What the rows contain that are added to an office's own table, and where rows are added to a table without a total row.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::report::{Kind, Report, Value};

use crate::fill_rows::{SHEET, assert_same, book, cells, filled, package, paragraph, report, row};

const ROOMS: [(&str, i64); 5] = [("东院", 2), ("西院", 3), ("南楼", 5), ("北楼", 7), ("新馆", 11)];
const HEAD: [&str; 8] = ["序号", "阅览室名称", "图书", "报刊", "面积（平方米）", "是否供暖", "备注", "经办人"];

fn rooms() -> Report {
    report(&ROOMS, &[])
}

/// A Word file with the table of rooms, which has two columns of the office's own, and these rows.
fn word(rows: &[String]) -> Vec<u8> {
    let rows = [row("", &HEAD.map(|text| ("", text))), rows.concat()].concat();
    let body = [
        paragraph("××图书馆××××年阅览室情况年报"),
        paragraph("二、阅览室明细表"),
        format!("<w:tbl><w:tblPr/><w:tblGrid/>{rows}</w:tbl>"),
        paragraph("四、下一步打算"),
        paragraph("××××"),
    ];
    package(&body.concat())
}

/// A row of the Word file without data: its number, and the office's own texts.
fn blank(number: &str, own: [&str; 2]) -> String {
    let [remark, person] = own;
    row("", &[number, "", "", "", "", "", remark, person].map(|text| ("", text)))
}

fn sums() -> String {
    row("", &["", "合计", "", "", "", "", "", ""].map(|text| ("", text)))
}

/// A workbook with the table of rooms and these rows, which begin in row 4.
fn sheet(rows: &[String], after: &str) -> Vec<u8> {
    let head = [cells(1, &["××图书馆××××年阅览室情况年报"]), cells(2, &["二、阅览室明细表"]), cells(3, &HEAD)];
    book(&format!(
        "<worksheet xmlns=\"{SHEET}\"><sheetData>{}{}</sheetData>{after}</worksheet>",
        head.concat(),
        rows.concat()
    ))
}

/// The texts of the cells of each row of the table of rooms in a Word file.
fn word_rows(xml: &str) -> Vec<Vec<String>> {
    let table = &xml[xml.find("<w:tbl>").unwrap()..xml.find("</w:tbl>").unwrap()];
    let text = |cell: &str| cell.split("<w:t>").skip(1).map(|text| &text[..text.find('<').unwrap()]).collect();
    let row = |row: &str| row.split("<w:tc>").skip(1).map(text).collect();
    table.split_inclusive("</w:tr>").map(row).collect()
}

#[test]
fn text_of_the_offices_own_stands_only_in_its_row_of_a_word_file() {
    let last = blank("2", ["7", "李四"]).replace(
        "李四</w:t></w:r></w:p>",
        "李四</w:t></w:r><w:r><w:drawing/></w:r></w:p><w:p><w:r><w:t>（签字）</w:t></w:r></w:p>",
    );
    let template = word(&[blank("1", ["6", "张三"]), last, sums()]);
    let (read, xml, told) = filled(&template, &rooms(), "word/document.xml");
    assert!(told.is_empty(), "{told:?}");
    assert_same(&rooms(), &read);
    let rows = word_rows(&xml);
    let own: Vec<[&str; 3]> = rows.iter().map(|row| [&*row[0], &*row[6], &*row[7]]).collect();
    let wanted = [
        ["序号", "备注", "经办人"],
        ["1", "6", "张三"],
        ["2", "7", "李四（签字）"],
        ["3", "", ""],
        ["4", "", ""],
        ["5", "", ""],
        ["", "", ""],
    ];
    assert_eq!(own, wanted);
    assert_eq!(xml.matches("<w:drawing/>").count(), 1);
    // Every cell of an added row has its paragraph, in the style of the cell above.
    let cell = xml.rfind("新馆").map(|at| &xml[at..at + xml[at..].find("</w:tr>").unwrap()]).unwrap();
    assert!(
        cell.ends_with(
            "<w:p><w:pPr><w:rPr><w:color w:val=\"C00000\"/><w:sz w:val=\"21\"/></w:rPr></w:pPr></w:p></w:tc>"
        ),
        "{cell}"
    );
}

#[test]
fn text_of_the_offices_own_stands_only_in_its_row_of_a_sheet() {
    let rows = [
        cells(4, &["1", "", "", "", "", "", "6", "张三", "=C4+D4"]),
        cells(5, &["2", "", "", "", "", "", "", "李四", "=C5+D5"])
            .replace("<c r=\"G5\" s=\"1\"/>", "<c r=\"G5\" s=\"1\"><v>7</v></c>"),
        cells(6, &["", "合计", "", "", "", "", "", ""]),
    ];
    let (read, xml, told) = filled(&sheet(&rows, ""), &rooms(), "xl/worksheets/one.xml");
    assert!(told.is_empty(), "{told:?}");
    assert_same(&rooms(), &read);
    for text in ["<t>6</t>", "张三", "李四", "<c r=\"G5\" s=\"1\"><v>7</v></c>"] {
        assert_eq!(xml.matches(text).count(), 1, "{text}: {xml}");
    }
    for row in 6..=8 {
        let number = format!("<c r=\"A{row}\" s=\"1\"><v>{}</v></c>", row - 3);
        let own = format!("<c r=\"G{row}\" s=\"1\"></c><c r=\"H{row}\" s=\"1\" t=\"n\"></c>");
        let formula = format!("<c r=\"I{row}\" s=\"1\"><f>C{row}+D{row}</f></c>");
        for text in [number, own, formula] {
            assert!(xml.contains(&text), "{text}: {xml}");
        }
    }
}

/// A budget with three items of income and three of expense, side by side.
fn budget() -> Report {
    let mut report = Report::empty("bmys");
    (report.agency, report.year) = (Some("甲县图书馆".to_owned()), Some(2025));
    for (key, figure, items) in
        [("item", "income", ["拨款", "捐赠", "利息"]), ("purpose", "expense", ["购书", "电费", "其他"])]
    {
        for (name, amount) in items.into_iter().zip(1_i64..) {
            let text =
                Value { kind: Kind::Text, raw: name.to_owned(), text: Some(name.to_owned()), ..Value::default() };
            report.values.insert(format!("totals.[{name}].{key}"), text);
            report.values.insert(format!("totals.[{name}].{figure}"), Value::number(amount.into()));
        }
    }
    report
}

#[test]
fn columns_of_the_block_beside_are_not_the_offices_own() {
    let texts = [
        ["收入项目", "收入预算数", "依据", "支出项目", "支出预算数", "用途"],
        ["旧收入", "8", "甲", "旧支出", "9", "乙"],
        ["收入总计", "", "", "支出总计", "", ""],
    ];
    let rows: String = texts.iter().map(|texts| row("", &texts.map(|text| ("", text)))).collect();
    let title = ["甲县图书馆2025年部门预算", "2025年部门财务收支预算总表"];
    let word =
        package(&format!("{}{}<w:tbl><w:tblPr/><w:tblGrid/>{rows}</w:tbl>", paragraph(title[0]), paragraph(title[1])));
    let (read, xml, told) = filled(&word, &budget(), "word/document.xml");
    assert!(told.is_empty(), "{told:?}");
    assert_same(&budget(), &read);
    let rows = word_rows(&xml);
    assert_eq!(
        rows[1..4],
        [
            ["拨款", "1", "甲", "购书", "1", "乙"],
            ["捐赠", "2", "", "电费", "2", ""],
            ["利息", "3", "", "其他", "3", ""]
        ]
    );
    let rows: String = texts.iter().zip(3..).map(|(texts, number)| cells(number, texts)).collect();
    let sheet = format!(
        "<worksheet xmlns=\"{SHEET}\"><sheetData>{}{}{rows}</sheetData></worksheet>",
        cells(1, &title[..1]),
        cells(2, &title[1..])
    );
    let (read, xml, told) = filled(&book(&sheet), &budget(), "xl/worksheets/one.xml");
    assert!(told.is_empty(), "{told:?}");
    assert_same(&budget(), &read);
    assert_eq!(["甲", "乙", "收入总计"].map(|text| xml.matches(&format!("<t>{text}<")).count()), [1, 1, 1], "{xml}");
}

#[test]
fn only_a_running_number_left_of_the_columns_is_continued() {
    let most = i64::MAX.to_string();
    let before = (i64::MAX - 1).to_string();
    for (numbers, added) in [(["1", "2"], "3"), (["2025", "2025"], ""), ([&*before, &*most], &*most), (["", "7"], "")] {
        let three = report(&ROOMS[..3], &[]);
        let template = word(&[blank(numbers[0], [""; 2]), blank(numbers[1], [""; 2]), sums()]);
        let (_, xml, _) = filled(&template, &three, "word/document.xml");
        let shown: Vec<String> = word_rows(&xml)[1..4].iter().map(|row| row[0].clone()).collect();
        assert_eq!(shown, [numbers[0], numbers[1], added]);
        let rows = [cells(4, &[numbers[0]]), cells(5, &[numbers[1]]), cells(6, &["", "合计"])];
        let (_, xml, _) = filled(&sheet(&rows, ""), &three, "xl/worksheets/one.xml");
        let number = xml.split("<c r=\"A6\" s=\"1\"").nth(1).map(|cell| &cell[..cell.find("<c ").unwrap()]).unwrap();
        let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
        let shown = number.split(['<', '>']).find(is_number).unwrap_or_default();
        assert_eq!(shown, added, "{numbers:?}: {xml}");
    }
}

/// The rooms, without the sums.
fn without_sums() -> Report {
    let mut report = rooms();
    report.values.swap_remove("rooms.all.books");
    report
}

const SIGNED: [&str; 8] = ["填表人：", "赵六", "审核人：", "", "", "日期：", "", ""];

#[test]
fn without_a_total_row_rows_are_added_below_the_last_one_of_a_word_file() {
    let two = [blank("1", [""; 2]), blank("2", [""; 2])].concat();
    let note = row("", &[("<w:gridSpan w:val=\"8\"/>", "注：面积按使用面积填写")]);
    let signed = row("", &SIGNED.map(|text| ("", text)));
    let none: [&str; 0] = [];
    for (after, kept) in [("", &none[..]), (&note, &["注：面积按使用面积填写"]), (&signed, &SIGNED)] {
        let (read, xml, told) = filled(&word(&[two.clone(), after.to_owned()]), &without_sums(), "word/document.xml");
        assert!(told.is_empty(), "{told:?}");
        assert_same(&without_sums(), &read);
        let rows = word_rows(&xml);
        let names: Vec<&str> = rows[1..6].iter().map(|row| row[1].as_str()).collect();
        assert_eq!(names, ROOMS.map(|room| room.0));
        let below: Vec<&str> = rows[6..].iter().flatten().map(String::as_str).collect();
        assert_eq!(below, kept);
    }
    // A report with sums tells that they have no place.
    let (_, _, told) = filled(&word(&[two]), &rooms(), "word/document.xml");
    assert!(told.len() == 1 && told[0].contains("有1个数据没有位置"), "{told:?}");
}

#[test]
fn without_a_total_row_rows_are_added_below_the_last_one_of_a_sheet() {
    let two = [cells(4, &["1", "", "", "", "", "", "", ""]), cells(5, &["2", "", "", "", "", "", "", ""])].concat();
    let merge = "<mergeCells count=\"1\"><mergeCell ref=\"A6:H6\"/></mergeCells>";
    let note = ["注：面积按使用面积填写"];
    for (below, after) in [(&[][..], ""), (&note[..], merge), (&SIGNED[..], "")] {
        let last = if below.is_empty() { String::new() } else { cells(6, below) };
        let (read, xml, told) = filled(&sheet(&[two.clone(), last], after), &without_sums(), "xl/worksheets/one.xml");
        assert!(told.is_empty(), "{told:?}");
        assert_same(&without_sums(), &read);
        let moved = if below.is_empty() { "</sheetData>".to_owned() } else { cells(9, below) };
        let end = xml.find("</row><row r=\"9\"").map_or_else(|| xml.find("</sheetData>").unwrap(), |at| at + 6);
        assert!(xml[end..].starts_with(&moved), "{xml}");
        assert!(xml[..end].contains("<row r=\"8\" ") && xml.contains("A9:H9") != after.is_empty(), "{xml}");
    }
}
