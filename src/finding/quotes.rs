//! Chinese quotation marks within quotation marks.

/// The text with quotation marks inside of “ ” as ‘ ’. A text whose quotation marks do not pair up, as an excerpt may have them, is kept.
pub(super) fn nested(text: String) -> String {
    let mut depth = 0_u32;
    let mut deepest = 0;
    for sign in text.chars() {
        match sign {
            '“' => depth += 1,
            '”' if depth == 0 => return text,
            '”' => depth -= 1,
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if depth > 0 || deepest < 2 {
        return text;
    }
    let single = |sign: char| match sign {
        '“' => {
            depth += 1;
            if depth.is_multiple_of(2) { '‘' } else { '“' }
        }
        '”' => {
            depth -= 1;
            if depth % 2 == 1 { '’' } else { '”' }
        }
        sign => sign,
    };
    text.chars().map(single).collect()
}

#[cfg(test)]
mod tests {
    use super::nested;

    #[test]
    fn inner_quotation_marks_are_single() {
        let cases = [
            ("表三“““三安全一稳定”情况”栏”", "表三“‘“三安全一稳定”情况’栏”"),
            ("表三““三安全一稳定”情况”，“甲”栏", "表三“‘三安全一稳定’情况”，“甲”栏"),
            ("“甲‘乙’丙”", "“甲‘乙’丙”"),
            ("“甲“乙“丙”丁”戊”", "“甲‘乙“丙”丁’戊”"),
            // Excerpts that begin or end within quotation marks.
            ("正文“开展“三安全”一句", "正文“开展“三安全”一句"),
            ("安全”和“稳定“甲”", "安全”和“稳定“甲”"),
            ("没有引号", "没有引号"),
        ];
        for (text, wanted) in cases {
            assert_eq!(nested(text.to_owned()), wanted);
        }
    }
}
