//! Writes a drafted form as the text of a mapping file, with questions as comments.

use std::fmt::Write;

use super::words::words;
use super::{Draft, Head, Table, TableBlock};

/// The text of the mapping file.
pub fn written(draft: &Draft) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write(draft, &mut out);
    out
}

fn write(draft: &Draft, out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "# 本文件由 nianbao forms draft 生成。带“？”的注释需要人工确认；编号（id）可以改成有意义的英文或拼音。"
    )?;
    for question in &draft.questions {
        writeln!(out, "# ？{question}")?;
    }
    writeln!(
        out,
        "language = 1\nid = {}\nname = {{ zh = {}, en = {} }}\n",
        quoted(&draft.id),
        quoted(&draft.name),
        quoted(&draft.name)
    )?;
    writeln!(out, "[title]\npattern = {}", quoted(&draft.title))?;
    out.push('\n');
    if draft.period.is_some() || !draft.agency_lines.is_empty() {
        writeln!(out, "[identity]")?;
        if !draft.agency_lines.is_empty() {
            let lines: Vec<String> = draft.agency_lines.iter().map(|line| quoted(line)).collect();
            writeln!(out, "agency = [{}]", lines.join(", "))?;
        }
        if let Some(period) = &draft.period {
            writeln!(out, "period = {}", quoted(period))?;
        }
        out.push('\n');
    }
    for section in &draft.sections {
        writeln!(out, "[[section]]\nid = {}", quoted(&section.id))?;
        if let Some(heading) = &section.heading {
            writeln!(out, "heading = {}", quoted(heading))?;
        }
        out.push('\n');
    }
    for table in &draft.tables {
        self::table(draft, table, out)?;
    }
    for rule in &draft.rules {
        let proven =
            if rule.proven { "已填报告中均成立" } else { "？没有已填的报告可以验证，请核对" };
        writeln!(out, "# {proven}\n[[rule]]\nid = {}\ntable = {}", quoted(&rule.id), quoted(&rule.table))?;
        if let Some(each) = &rule.each {
            writeln!(out, "each = {}", quoted(each))?;
        }
        if !rule.over.is_empty() {
            let words: Vec<String> = rule.over.iter().map(|word| quoted(word)).collect();
            writeln!(out, "for = [{}]", words.join(", "))?;
        }
        writeln!(out, "expression = {}", quoted(&rule.expression))?;
        writeln!(out, "text = {{ zh = {}, en = {} }}\n", quoted(&rule.zh), quoted(&rule.expression))?;
    }
    Ok(())
}

fn table(draft: &Draft, table: &Table, out: &mut String) -> std::fmt::Result {
    for question in &table.questions {
        writeln!(out, "# ？{question}")?;
    }
    writeln!(out, "[[table]]\nid = {}\nsection = {}", quoted(&table.id), quoted(&draft.sections[table.section].id))?;
    writeln!(out, "name = {{ zh = {0}, en = {0} }}", quoted(&table.name))?;
    if let Some(unit) = &table.unit {
        writeln!(out, "unit = {}", quoted(unit))?;
    }
    if let Some(sheet) = &table.sheet {
        writeln!(out, "sheets = [{}]", quoted(sheet))?;
    }
    if table.blocks.iter().all(|block| block.open.is_none()) {
        writeln!(out, "label_columns = {}", table.label_columns)?;
    }
    table.blocks.iter().try_for_each(|block| self::block(block, out))
}

fn block(block: &TableBlock, out: &mut String) -> std::fmt::Result {
    writeln!(out, "\n[[table.block]]")?;
    if block.beside {
        writeln!(out, "beside = true")?;
    }
    if let Some(caption) = &block.caption {
        writeln!(out, "caption = {}", quoted(caption))?;
    }
    if !block.corner.is_empty() {
        writeln!(out, "corner = {}", quoted(&block.corner))?;
    }
    let spans: Vec<u32> = if in_parts(block) { Vec::new() } else { leaf_spans(block) };
    if spans.iter().any(|span| *span > 1) {
        writeln!(out, "spans = {spans:?}")?;
    }
    writeln!(out, "columns = [")?;
    heads(&block.columns, 1, out)?;
    writeln!(out, "]")?;
    match &block.open {
        Some((key, total)) => {
            // A template seldom shows the total row; use the label that reports give it.
            let total = total.as_deref().or_else(|| words().usual_total().filter(|_| key != "number"));
            let total = total.map(|total| format!(", total = {}", quoted(total))).unwrap_or_default();
            let parent = block.parent.as_deref().map(|parent| format!(", parent = {}", quoted(parent)));
            writeln!(out, "rows = {{ each = {}{}{total} }}\n", quoted(key), parent.unwrap_or_default())?;
        }
        None if block.rows.is_empty() => out.push('\n'),
        None => {
            writeln!(out, "rows = [")?;
            heads(&block.rows, 1, out)?;
            writeln!(out, "]\n")?;
        }
    }
    Ok(())
}

/// Whether a code of the block has a column for each component.
fn in_parts(block: &TableBlock) -> bool {
    block.columns.iter().flat_map(Head::leaves).any(|leaf| !leaf.parts.is_empty())
}

/// Number of grid columns of each column.
fn leaf_spans(block: &TableBlock) -> Vec<u32> {
    block.columns.iter().flat_map(Head::leaves).map(|leaf| leaf.at.1.saturating_sub(leaf.at.0).max(1)).collect()
}

fn heads(heads: &[Head], depth: usize, out: &mut String) -> std::fmt::Result {
    for head in heads {
        let indent = "  ".repeat(depth);
        let mut keys = Vec::new();
        if !head.id.is_empty() && head.children.is_empty() {
            keys.push(format!("id = {}", quoted(&head.id)));
        }
        if let Some(role) = &head.role {
            keys.push(format!("role = {}", quoted(role)));
        }
        keys.push(format!("{} = {}", if head.heading { "heading" } else { "label" }, quoted(&head.label)));
        if let Some(kind) = &head.kind {
            keys.push(format!("kind = {}", quoted(kind)));
        }
        if !head.parts.is_empty() {
            let parts: Vec<String> = head.parts.iter().map(|part| quoted(part)).collect();
            keys.push(format!("parts = [{}]", parts.join(", ")));
        }
        if !head.of.is_empty() {
            let of: Vec<String> = head.of.iter().map(|word| quoted(word)).collect();
            keys.push(format!("of = [{}]", of.join(", ")));
        }
        let figures = !matches!(head.kind.as_deref(), Some("text" | "date" | "code"));
        if let Some(unit) = head.unit.as_ref().filter(|_| figures && head.of.is_empty()) {
            keys.push(format!("unit = {}", quoted(unit)));
        }
        if head.children.is_empty() {
            writeln!(out, "{indent}{{ {} }},", keys.join(", "))?;
        } else {
            writeln!(out, "{indent}{{ {}, children = [", keys.join(", "))?;
            self::heads(&head.children, depth + 1, out)?;
            writeln!(out, "{indent}] }},")?;
        }
    }
    Ok(())
}

/// A TOML string literal.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
