//! The sheets and headers of a form's workbook, and the words that are filled in.

use crate::form::FieldKind;

/// Names of the sheets, in order.
pub(super) const FORM: &str = "表单";
pub(super) const FIELDS: &str = "字段";
pub(super) const RULES: &str = "勾稽";
pub(super) const CHOICES: &str = "选项";
pub(super) const LABELS: &str = "标签";
pub(super) const OTHER: &str = "其他";

/// A table in a sheet: the sheet, and its columns from the left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Zone {
    pub(super) sheet: &'static str,
    pub(super) columns: &'static [&'static str],
    /// Widths of the columns, in digits.
    pub(super) widths: &'static [u8],
}

pub(super) const ITEMS: Zone = Zone { sheet: FORM, columns: &["项目", "内容", "说明"], widths: &[18, 44, 40] };

pub(super) const SECTIONS: Zone =
    Zone { sheet: FORM, columns: &["部分编号", "标题", "又称", "最多字数"], widths: &[18, 44, 40, 10] };

pub(super) const TABLES: Zone = Zone {
    sheet: FORM,
    columns: &["表编号", "表名", "英文表名", "所在部分", "类型", "计量单位", "标签列数", "工作表", "允许误差", "可缺"],
    widths: &[18, 44, 40, 14, 10, 10, 10, 20, 10, 8],
};

pub(super) const BLOCKS: Zone = Zone {
    sheet: FORM,
    columns: &["块所在表", "块", "左上角", "块标题", "各行按", "上级行按", "合计行"],
    widths: &[18, 44, 40, 14, 10, 10, 10],
};

pub(super) const QUESTIONS: Zone = Zone { sheet: FORM, columns: &["待确认"], widths: &[18] };

pub(super) const FIELD: Zone = Zone {
    sheet: FIELDS,
    columns: &["表", "块", "行", "栏", "类型", "计量单位", "选项", "计入", "行编号", "栏编号", "字段编号（自动）"],
    widths: &[12, 5, 44, 32, 10, 10, 10, 46, 34, 18, 50],
};

pub(super) const RULE: Zone = Zone {
    sheet: RULES,
    columns: &[
        "编号",
        "表",
        "重复",
        "关系式",
        "级别",
        "说明",
        "英文说明",
        "左边由右边算出",
        "允许误差",
        "依据",
        "备注（不导入）",
    ],
    widths: &[12, 12, 8, 50, 8, 50, 40, 14, 10, 24, 24],
};

pub(super) const CHOICE: Zone =
    Zone { sheet: CHOICES, columns: &["选项编号", "选项", "可多选", "标记"], widths: &[12, 30, 8, 10] };

pub(super) const LABEL: Zone = Zone {
    sheet: LABELS,
    columns: &["表", "块", "行或栏", "标签", "编号", "简称", "又称", "编码分段", "填写条件"],
    widths: &[12, 5, 8, 40, 24, 24, 40, 14, 24],
};

pub(super) const ELSE: Zone = Zone { sheet: OTHER, columns: &["位置", "内容（TOML）"], widths: &[24, 100] };

/// All zones; those of one sheet from the top.
pub(super) const ZONES: &[Zone] = &[ITEMS, SECTIONS, TABLES, BLOCKS, QUESTIONS, FIELD, RULE, CHOICE, LABEL, ELSE];

/// Sheets that a form's workbook must have.
pub(super) const NEEDED: [&str; 2] = [FORM, FIELDS];

/// Placeholder for the rows of a table whose rows are data.
pub(super) const EACH_ROW: &str = "（各行）";

/// The word for yes; an empty cell means no.
pub(super) const YES: &str = "是";

/// The word for no unit, in a table that has one.
pub(super) const NONE: &str = "无";

/// The words for kinds of fields.
pub(super) const KINDS: &[(&str, FieldKind)] = &[
    ("整数", FieldKind::Count),
    ("可负整数", FieldKind::Signed),
    ("小数", FieldKind::Amount),
    ("文字", FieldKind::Text),
    ("选择", FieldKind::Choice),
    ("日期", FieldKind::Date),
    ("编码", FieldKind::Code),
];

/// The words for roles of rows and columns without fields, which are written in the column of kinds.
pub(super) const ROLES: &[(&str, Role)] =
    &[("标题行", Role::Heading), ("单位栏", Role::Unit), ("序号栏", Role::Ignore), ("不取数", Role::Ignore)];

/// Role of a row or column without fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    /// A heading over the rows below it.
    Heading,
    /// It names units.
    Unit,
    /// It is not read.
    Ignore,
}

/// The words for what a rule is repeated over.
pub(super) const EACH: &[(&str, &str)] = &[("逐行", "row"), ("逐栏", "column")];

/// The words for severities.
pub(super) const SEVERITIES: &[(&str, &str)] = &[("错误", "error"), ("提示", "warning"), ("说明", "info")];

/// The words for how the parent of a row is found.
pub(super) const PARENTS: &[(&str, &str)] = &[("编码层次", "code prefix"), ("序号层次", "numbering")];

/// The direction of a label.
pub(super) const ROW: &str = "行";
pub(super) const COLUMN: &str = "栏";

/// The word for a kind.
pub(super) fn kind_word(kind: FieldKind) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == kind).map_or("整数", |(word, _)| word)
}

/// Translates between a word and the value in the mapping language; a cell may contain either.
pub(super) fn word_of(words: &[(&'static str, &'static str)], said: &str) -> Option<&'static str> {
    words.iter().find(|(_, key)| *key == said).map(|(word, _)| *word)
}

pub(super) fn key_of(words: &[(&'static str, &'static str)], cell: &str) -> Option<&'static str> {
    words.iter().find(|(word, key)| *word == cell || *key == cell).map(|(_, key)| *key)
}

/// Separator between the labels of a group and of its member.
const BETWEEN: &str = "/";

/// Labels joined in one cell, outermost first: `申请人情况 / 自然人`. A word that consists of slashes gets one more as an escape.
pub(super) fn joined(path: &[String]) -> String {
    let stroke = |word: &str| !word.is_empty() && word.chars().all(|character| character == '/');
    let label = |label: &String| {
        let words: Vec<String> =
            label.split(' ').map(|word| if stroke(word) { format!("{word}/") } else { word.to_owned() }).collect();
        words.join(" ")
    };
    path.iter().map(label).collect::<Vec<_>>().join(" / ")
}

/// Splits a cell into its labels.
pub(super) fn parted(cell: &str) -> Vec<String> {
    let mut path: Vec<Vec<&str>> = vec![Vec::new()];
    for word in cell.split(' ') {
        match word {
            BETWEEN => path.push(Vec::new()),
            _ if word.len() > 1 && word.chars().all(|character| character == '/') => {
                path.last_mut().map(|label| label.push(&word[1..])).unwrap_or_default();
            }
            _ => path.last_mut().map(|label| label.push(word)).unwrap_or_default(),
        }
    }
    path.iter().map(|words| words.join(" ").trim().to_owned()).filter(|label| !label.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_a_cell_come_apart_as_they_were() {
        for path in [vec!["申请人情况", "法人 / 组织", "a // b"], vec!["合计"], vec!["a/b", "c /d"]] {
            let path: Vec<String> = path.into_iter().map(str::to_owned).collect();
            assert_eq!(parted(&joined(&path)), path, "{}", joined(&path));
        }
        assert_eq!(parted("  "), Vec::<String>::new());
    }
}
