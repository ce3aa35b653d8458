//! A made-up county in January: sixty agencies that have to report, and what they sent, with typical damages. The county is the same in
//! every run.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::form::{Form, Forms};
use nianbao::report::{Content, Report, Value};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};
use rust_decimal::Decimal;

use crate::program::Folder;
use crate::sources;

pub(crate) const YEAR: i16 = 2025;

/// The top agency.
pub(crate) const TOP: &str = "青岚县人民政府";

/// What an agency sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    Clean(Output),
    /// A report with one wrong cell that the rules determine.
    Wrong(Output),
    /// A Word file with the suffix of an older format.
    Misnamed,
    /// A report under the agency's former name.
    FormerName,
    /// An encrypted file.
    Encrypted,
    /// A truncated file.
    Cut,
    /// Last year's report.
    OtherYear,
    /// Two reports with different figures.
    Differing,
    /// Two reports with the same figures.
    Again,
    Nothing,
}

/// Number of agencies for each kind.
pub(crate) const PLAN: &[(Sent, usize)] = &[
    (Sent::Clean(Output::Docx), 12),
    (Sent::Clean(Output::Xlsx), 9),
    (Sent::Clean(Output::Html), 9),
    (Sent::Wrong(Output::Docx), 5),
    (Sent::Wrong(Output::Xlsx), 2),
    (Sent::Misnamed, 3),
    (Sent::FormerName, 3),
    (Sent::Encrypted, 3),
    (Sent::Cut, 2),
    (Sent::OtherYear, 2),
    (Sent::Differing, 2),
    (Sent::Again, 2),
    (Sent::Nothing, 6),
];

/// Names of agencies after the county's name.
const WORDS: &[&str] = &[
    "发展和改革局",
    "教育局",
    "科学技术局",
    "经济和信息化局",
    "民族宗教事务局",
    "公安局",
    "民政局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源和规划局",
    "住房和城乡建设局",
    "交通运输局",
    "水利局",
    "农业农村局",
    "商务局",
    "文化和广电旅游体育局",
    "卫生健康局",
    "退役军人事务局",
    "应急管理局",
    "审计局",
    "市场监督管理局",
    "统计局",
    "医疗保障局",
    "综合行政执法局",
    "信访局",
    "机关事务服务中心",
    "大数据发展管理局",
    "林业局",
    "气象局",
    "税务局",
    "供销合作社联合社",
    "档案馆",
    "招商服务中心",
    "行政服务中心",
    "公共资源交易中心",
    "残疾人联合会",
    "粮食和物资储备局",
    "港航管理服务中心",
    "公路与运输管理中心",
    "住房公积金管理中心",
    "投资促进中心",
    "地震局",
    "烟草专卖局",
    "消防救援大队",
    "凤台镇人民政府",
    "石埠镇人民政府",
    "北塘镇人民政府",
    "南溪镇人民政府",
    "东湖镇人民政府",
    "西坪镇人民政府",
    "云岭乡人民政府",
    "竹源乡人民政府",
    "白马乡人民政府",
    "青溪乡人民政府",
    "大桥乡人民政府",
    "城东街道办事处",
    "城西街道办事处",
    "城南街道办事处",
    "城北街道办事处",
];

/// A county with its agencies.
pub(crate) struct County {
    /// Name of each agency, and what it sent.
    pub(crate) agencies: Vec<(String, Sent)>,
}

impl County {
    pub(crate) fn new() -> Self {
        let sent = PLAN.iter().flat_map(|(sent, count)| std::iter::repeat_n(*sent, *count));
        let names = WORDS.iter().map(|word| format!("青岚县{word}"));
        Self { agencies: names.zip(sent).collect() }
    }

    /// Number of agencies that sent something of a kind.
    pub(crate) fn count(&self, is: impl Fn(Sent) -> bool) -> usize {
        self.agencies.iter().filter(|(_, sent)| is(*sent)).count()
    }

    /// Writes the agencies file, with a title above its headers, and all sent files, below a folder.
    pub(crate) fn write(&self, folder: &Folder, within: &str) {
        let mut list =
            format!("青岚县政府信息公开单位名录,,,,,\n代码,单位名称,曾用名,上级,层级,类型\n0000,{TOP},,,县级,政府\n");
        for (number, (name, sent)) in self.agencies.iter().enumerate() {
            let former = if *sent == Sent::FormerName { former(name) } else { String::new() };
            let (level, kind) = if name.contains("人民政府") { ("乡级", "乡镇") } else { ("县级", "部门") };
            list.push_str(&format!("{:04},{name},{former},{TOP},{level},{kind}\n", number + 1));
        }
        folder.file("名录.csv", list);
        let forms = Forms::built_in().expect("the built-in forms");
        let form = forms.get("gkbg-2021").expect("a form");
        let mut sampler = Sampler::new(60);
        for (name, sent) in &self.agencies {
            for (file, bytes) in files(form, &mut sampler, name, *sent) {
                folder.file(&format!("{within}/{file}"), bytes);
            }
        }
        folder.file(&format!("{within}/通知.txt"), "各单位：请于1月20日前报送年度报告。\n联系人：张某。\n");
    }
}

/// The former name of an agency.
pub(crate) fn former(name: &str) -> String {
    format!("{name}（筹）")
}

fn files(form: &Form, sampler: &mut Sampler, name: &str, sent: Sent) -> Vec<(String, Vec<u8>)> {
    let mut report = |year: i16, name: &str| of_agency(form, sampler, year, name);
    let file = |name: &str, suffix: &str| format!("{name}年报.{suffix}");
    match sent {
        Sent::Clean(output) => vec![(file(name, output.suffix()), written(form, &report(YEAR, name), output))],
        Sent::Wrong(output) => {
            let mut report = report(YEAR, name);
            spoil(&mut report);
            vec![(file(name, output.suffix()), written(form, &report, output))]
        }
        Sent::Misnamed => vec![(file(name, "doc"), written(form, &report(YEAR, name), Output::Docx))],
        Sent::FormerName => vec![(file(name, "docx"), written(form, &report(YEAR, &former(name)), Output::Docx))],
        Sent::Encrypted => {
            let bytes = std::fs::read(sources::root().join("tests/damaged/encrypted.docx")).expect("a file");
            vec![(file(name, "docx"), bytes)]
        }
        Sent::Cut => {
            let mut bytes = written(form, &report(YEAR, name), Output::Docx);
            bytes.truncate(bytes.len() / 2);
            vec![(file(name, "docx"), bytes)]
        }
        Sent::OtherYear => vec![(file(name, "docx"), written(form, &report(YEAR - 1, name), Output::Docx))],
        Sent::Differing => ["", "（修改）"]
            .map(|mark| (format!("{name}年报{mark}.docx"), written(form, &report(YEAR, name), Output::Docx)))
            .into(),
        Sent::Again => {
            let report = report(YEAR, name);
            [Output::Docx, Output::Html]
                .map(|output| (file(name, output.suffix()), written(form, &report, output)))
                .into()
        }
        Sent::Nothing => Vec::new(),
    }
}

/// Changes a cell so that a row and a column do not add up, and no other cell explains it.
pub(crate) fn spoil(report: &mut Report) {
    let cell = "requests.granted.enterprise";
    let right = report.values[cell].value.expect("a figure");
    report.values[cell] = Value::number(right + Decimal::from(40));
}

/// A consistent report of an agency and a year.
fn of_agency(form: &Form, sampler: &mut Sampler, year: i16, name: &str) -> Report {
    let mut report = (0..1000).map(|_| sampler.report(form)).find(|report| report.year == Some(year)).expect("a year");
    let drawn = report.agency.replace(name.to_owned()).expect("a name");
    report.title = Some(form.title.for_report(name, year));
    for content in report.sections.iter_mut().flat_map(|section| &mut section.content) {
        if let Content::Paragraph { text, .. } = content {
            *text = text.replace(&drawn, name);
        }
    }
    // An agency of a county issues no regulations.
    for field in ["issued", "repealed", "in_force"] {
        report.values[&format!("disclosure.regulations.{field}")] = Value::number(Decimal::ZERO);
    }
    report
}

fn written(form: &Form, report: &Report, output: Output) -> Vec<u8> {
    let writer = WRITERS.iter().find(|writer| writer.output == output).expect("a writer");
    writer.write(form, report).expect("a file")
}
