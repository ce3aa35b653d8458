//! A form's data dictionary as a web page: every field with its labels, kind and unit, the words of choices, and the rules.

use std::fmt::Write;

use super::heads::kind_word;
use crate::finding::Language;
use crate::form::Form;

const STYLE: &str = "body{font:14px/1.6 'Noto Sans SC','Microsoft YaHei',sans-serif;margin:2em auto;max-width:76em;padding:0 1em;color:#222}\
h1{font-size:1.5em}h2{font-size:1.15em;margin-top:1.6em}table{border-collapse:collapse;width:100%}\
th,td{border:1px solid #bbb;padding:.25em .6em;text-align:left;vertical-align:top}th{background:#dde6f0;position:sticky;top:0}\
code{font:.92em Consolas,monospace;overflow-wrap:anywhere}th,td:nth-child(n+4){white-space:nowrap}#rules+table td{white-space:normal}nav a{margin-right:1em}@media print{th{position:static}}";

/// The page as HTML.
pub fn page(form: &Form) -> String {
    // Rows that are data are represented by example rows.
    let shown = form.example(0);
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = whole(form, &shown, &mut out);
    out
}

fn whole(form: &Form, shown: &Form, out: &mut String) -> std::fmt::Result {
    let name = escaped(&form.name.zh);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\"><title>{name}：数据字典</title>\n"
    )?;
    writeln!(
        out,
        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><style>{STYLE}</style></head><body>"
    )?;
    writeln!(out, "<h1>{name}：数据字典</h1>\n<p>编号 <code>{}</code>", escaped(&form.id))?;
    if let Some(basis) = &form.basis {
        writeln!(out, "，依据 {}", escaped(basis))?;
    }
    writeln!(out, "。字段{}个，规则{}条。</p>", shown.fields.len(), form.rules.len())?;
    if form.is_open() {
        writeln!(out, "<p>有的表行数不定，下面列出的行是举例；字段编号中间的一段是该行的编码或名称。</p>")?;
    }
    writeln!(out, "<nav>")?;
    for table in &shown.tables {
        writeln!(out, "<a href=\"#{}\">{}</a>", escaped(&table.id), escaped(&table.name.zh))?;
    }
    writeln!(out, "<a href=\"#rules\">勾稽关系</a></nav>")?;
    for number in 0..shown.tables.len() {
        table(shown, number, out)?;
    }
    rules(form, out)?;
    writeln!(out, "</body></html>")
}

fn table(form: &Form, number: usize, out: &mut String) -> std::fmt::Result {
    let table = &form.tables[number];
    writeln!(out, "<h2 id=\"{}\">{}</h2>", escaped(&table.id), escaped(&table.name.zh))?;
    writeln!(
        out,
        "<table><thead><tr><th>字段编号</th><th>行</th><th>栏</th><th>类型</th><th>单位</th><th>选项</th></tr></thead><tbody>"
    )?;
    for field in form.fields.iter().filter(|field| field.table == number) {
        let block = form.block(field);
        let of = field.choice.as_ref().map(|choice| choice.of.join("、")).unwrap_or_default();
        let (row, column) = (block.leaf_rows[field.row].shown(), block.leaf_columns[field.column].shown());
        let unit = field.unit.as_deref().unwrap_or_default();
        writeln!(
            out,
            "<tr id=\"{id}\"><td><code>{id}</code></td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escaped(&row),
            escaped(&column),
            kind_word(field.kind),
            escaped(unit),
            escaped(&of),
            id = escaped(&field.id),
        )?;
    }
    writeln!(out, "</tbody></table>")
}

fn rules(form: &Form, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "<h2 id=\"rules\">勾稽关系</h2>\n<table><thead><tr><th>编号</th><th>级别</th><th>内容</th><th>依据</th></tr></thead><tbody>"
    )?;
    for rule in &form.rules {
        let severity = rule.severity.word(Language::Zh);
        let source = rule.source.as_deref().unwrap_or_default();
        writeln!(
            out,
            "<tr><td><code>{}</code></td><td>{severity}</td><td>{}</td><td>{}</td></tr>",
            escaped(&rule.id),
            escaped(&rule.text.zh),
            escaped(source)
        )?;
    }
    writeln!(out, "</tbody></table>")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
