//! Recognises the placeholders of a blank form: runs of blanks or underscores, instructions in brackets, an empty date line.

use crate::text::language;

/// Characters that mark a place to be filled in.
const FILLERS: &str = "xXＸｘ×〇○＿_…·.-*";

/// Whether a text is a placeholder: blanks to write on, or instructions in brackets.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim().trim_end_matches('。');
    let is_filler = |sign: char| sign.is_whitespace() || FILLERS.contains(sign);
    if text.chars().count() > 1 && text.chars().all(is_filler) {
        return true;
    }
    let ends = text.chars().next().zip(text.chars().next_back());
    let bracketed = matches!(ends, Some(('（' | '(', '）' | ')') | ('【', '】') | ('〔', '〕') | ('[', ']')));
    let instructs = language().instructions.iter().any(|word| text.contains(word.as_str()));
    // Placeholders of word processors in empty content controls.
    let click = language().click_here.iter().any(|word| text.starts_with(word.as_str()));
    instructs && (bracketed || click)
}

/// Whether a text has blanks to be filled in.
pub(super) fn has_blanks(text: &str) -> bool {
    let mut run = 0;
    for sign in text.chars().filter(|sign| !sign.is_whitespace()) {
        run = if "xXＸｘ×〇○＿_*".contains(sign) { run + 1 } else { 0 };
        if run == 2 {
            return true;
        }
    }
    false
}

/// Whether a line is for a date: `年　月　日`, `××××年×月×日`, or a date.
pub(super) fn is_date_line(text: &str) -> bool {
    let filler = |sign: char| sign.is_whitespace() || sign.is_ascii_digit() || FILLERS.contains(sign);
    text.chars().filter(|&sign| !filler(sign)).collect::<String>() == "年月日"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_lines_are_recognised_by_their_characters() {
        for text in ["年　月　日", "××××年×月×日", "2024年1月9日", "  XXXX年XX月XX日 ", "20__年_月_日"]
        {
            assert!(is_date_line(text), "{text}");
        }
        for text in ["", "2024年", "截至2024年1月9日"] {
            assert!(!is_date_line(text), "{text}");
        }
    }

    #[test]
    fn placeholders_are_distinguished_from_text() {
        for text in [
            "（文字描述）",
            "X X X",
            "______",
            "……",
            "×××。",
            "（此处填写存在的问题，不少于300字）",
            "单击或点击此处输入文字。",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "",
            "X",
            "无",
            "（注：数据以受理日期为准）",
            "填写说明：提交前请删除。",
            "（一）主动公开情况",
            "我局输入数据三条。",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
        assert!(has_blanks("本报告由××局编制") && has_blanks("自20__年1月1日起") && has_blanks("X X 局"));
        assert!(!has_blanks("本报告由民政局编制") && !has_blanks("用Excel填报"));
    }
}
