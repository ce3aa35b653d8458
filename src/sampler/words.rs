//! Made-up names and sentences of reports.

use jiff::civil::Date;

use super::Random;
use crate::report::{Content, Report};

const PLACES: &[&str] =
    &["白渚市", "石岭市", "西津省", "泰渚市南畈区", "云港县", "青岚市", "松屿县", "临沙市北塘区", "洛川县", "海澜市"];
const OFFICES: &[&str] = &[
    "人民政府",
    "民政局",
    "教育局",
    "卫生健康委员会",
    "退役军人事务局",
    "自然资源和规划局",
    "市场监督管理局",
    "财政局",
    "交通运输局",
    "人力资源和社会保障局",
    "文化和旅游局",
    "应急管理局",
    "审计局",
    "统计局",
    "水利局",
    "农业农村局",
];
const TOPICS: &[&str] = &["主动公开情况", "依申请公开情况", "政府信息管理情况", "平台建设情况", "监督保障情况"];
const OPENINGS: &[&str] = &["全年", "一年来", "按照上级部署，", "围绕中心工作，", "年内，", "坚持问题导向，"];
const ACTIONS: &[&str] = &[
    "完善公开制度，明确工作流程和责任分工",
    "加强门户网站栏目建设，及时更新信息",
    "组织业务培训，提高工作人员的能力",
    "规范文件管理，做到底数清楚、动态调整",
    "加强政策解读，采用图文、视频等多种形式",
    "畅通申请渠道，规范答复文书",
    "开展自查自纠，对发现的问题逐项整改",
];
const ENDS: &[&str] = &["取得了较好成效。", "工作水平稳步提升。", "得到群众认可。", "为下一步工作打下了基础。"];

/// A made-up agency's name.
pub(super) fn agency(random: &mut Random) -> String {
    let (place, office) = (random.pick(PLACES), random.pick(OFFICES));
    format!("{}{}", place.unwrap_or(&""), office.unwrap_or(&""))
}

/// The preamble of a report.
pub(super) fn preamble(report: &Report) -> String {
    let (agency, year) = (report.agency.as_deref().unwrap_or_default(), report.year.unwrap_or_default());
    let days = |date: Date| format!("{}年{}月{}日", date.year(), date.month(), date.day());
    let (from, to) = report.period.map(|period| (days(period.from), days(period.to))).unwrap_or_default();
    format!(
        "本报告由{agency}办公室编制。本报告所列数据的统计期限自{from}起至{to}止。如对本报告有疑问，\
         请与{agency}办公室联系（地址：长安路{}号，邮编：100000，电话：010-88880000）。",
        year % 300 + 1
    )
}

/// Narrative of a section: a paragraph, then headings of two levels with paragraphs below them.
pub(super) fn narrative(report: &Report, random: &mut Random) -> Vec<Content> {
    let year = report.year.unwrap_or_default();
    let mut content = vec![Content::text(format!("{year}年，本机关{}", sentence(random)))];
    for (number, topic) in TOPICS.iter().enumerate().take(random.below(4) as usize) {
        let label = ["一", "二", "三", "四", "五"][number];
        content.push(Content::Paragraph { text: format!("（{label}）{topic}"), level: Some(2), place: None });
        for item in 0..=random.below(3) {
            if random.once_in(4) {
                content.push(Content::Paragraph {
                    text: format!("{}.具体做法", item + 1),
                    level: Some(3),
                    place: None,
                });
            }
            content.push(Content::text(format!("{}{}", sentence(random), sentence(random))));
        }
    }
    content
}

fn sentence(random: &mut Random) -> String {
    let parts = [OPENINGS, ACTIONS, ENDS].map(|choices| random.pick(choices).copied().unwrap_or_default());
    format!("{}{}，{}", parts[0], parts[1], parts[2])
}
