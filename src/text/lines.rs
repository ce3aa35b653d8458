//! Breaks a title into lines between its phrases: balanced, longest line first.

/// Breaks the phrases of a title into lines of at most `most` characters where possible. Up to [`TRIED`] gaps, every combination of
/// breaks is tried.
pub(crate) fn balanced(phrases: &[&str], most: usize) -> Vec<String> {
    let phrases: Vec<&str> = phrases.iter().copied().filter(|phrase| !phrase.is_empty()).collect();
    let lengths: Vec<usize> = phrases.iter().map(|phrase| phrase.chars().count()).collect();
    let whole: usize = lengths.iter().sum();
    let gaps = phrases.len().saturating_sub(1).min(TRIED);
    if whole <= most || gaps == 0 {
        return vec![phrases.concat()];
    }
    // One bit per gap between phrases: set if a line ends there.
    let best = (0..1_u32 << gaps).min_by_key(|breaks| cost(&lengths, *breaks, most)).unwrap_or_default();
    let mut lines = vec![String::new()];
    for (number, phrase) in phrases.iter().enumerate() {
        if let Some(line) = lines.last_mut() {
            line.push_str(phrase);
        }
        if number < gaps && best & (1 << number) != 0 {
            lines.push(String::new());
        }
    }
    lines
}

/// Maximum number of gaps for the exhaustive search.
const TRIED: usize = 10;

/// Cost of a set of breaks, compared in this order: characters over the limit, number of lines, middle lines that are not between their
/// neighbours in length, unevenness.
fn cost(lengths: &[usize], breaks: u32, most: usize) -> (usize, usize, usize, usize) {
    let mut lines = vec![0];
    for (number, length) in lengths.iter().enumerate() {
        if let Some(line) = lines.last_mut() {
            *line += length;
        }
        if number + 1 < lengths.len() && number < TRIED && breaks & (1 << number) != 0 {
            lines.push(0);
        }
    }
    let beyond = lines.iter().map(|line| line.saturating_sub(most)).sum();
    let rises = lines.windows(2).any(|pair| pair[1] > pair[0]);
    let falls = lines.windows(2).any(|pair| pair[1] < pair[0]);
    let (longest, shortest) = (lines.iter().max().unwrap_or(&0), lines.iter().min().unwrap_or(&0));
    (beyond, lines.len(), usize::from(rises && falls), longest - shortest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_broken_between_phrases_and_evenly() {
        let title = ["青岚县卫生健康委员会", "2025年", "政府信息公开工作", "年度报告"];
        assert_eq!(balanced(&title, 20), ["青岚县卫生健康委员会2025年", "政府信息公开工作年度报告"]);
        assert_eq!(balanced(&title, 40), [title.concat()]);
        let long = ["青岚县人民政府办公室", "关于退回修改", "2025年", "政府信息公开工作", "年度报告", "的通知"];
        let lines = balanced(&long, 20);
        assert!(lines.len() == 2 && lines.iter().all(|line| line.chars().count() <= 22), "{lines:?}");
    }

    #[test]
    fn nothing_is_lost_and_a_phrase_that_is_too_long_is_not_broken() {
        for most in 1..30 {
            let phrases = ["甲乙丙丁戊己庚辛壬癸子丑", "", "年", "度报告"];
            assert_eq!(balanced(&phrases, most).concat(), phrases.concat());
        }
        assert_eq!(balanced(&[], 10), [""]);
    }
}
