//! Separates marks of notes from a figure: `12¹`, `12①`, `12[1]`, `12*`.

/// Maximum number of digits of a mark in brackets: a page does not have a hundred notes.
const MOST_DIGITS: usize = 2;

/// A figure and the mark beside it; `None` if the text has no mark, or only marks.
pub(super) fn parted(text: &str) -> Option<(&str, &str)> {
    // Nearly every cell ends in a digit.
    let (first, last) = (text.chars().next()?, text.chars().next_back()?);
    if !may_be_mark(first) && !may_be_mark(last) {
        return None;
    }
    let figure = without_marks_behind(text);
    if figure.len() < text.len() && ends_as_figure(figure) {
        return Some((figure, text[figure.len()..].trim()));
    }
    let figure = text.trim_start_matches(is_raised).trim_start();
    let is_mark = figure.len() < text.len() && figure.starts_with(|sign: char| sign.is_ascii_digit());
    is_mark.then(|| (figure, text[..text.len() - figure.len()].trim()))
}

fn without_marks_behind(text: &str) -> &str {
    let mut rest = text;
    loop {
        let end = rest.trim_end();
        let shorter = end.trim_end_matches(|sign: char| {
            is_raised(sign) || is_circled(sign) || matches!(sign, '*' | '＊' | '※' | '†')
        });
        let shorter = if shorter.len() < end.len() { shorter } else { without_brackets(end).unwrap_or(end) };
        if shorter.len() == end.len() {
            return end;
        }
        rest = shorter;
    }
}

/// A text without the number of a note in brackets at its end; `None` if it has none.
fn without_brackets(text: &str) -> Option<&str> {
    const BRACKETS: &[(char, char)] = &[('[', ']'), ('［', '］'), ('〔', '〕'), ('【', '】'), ('﹝', '﹞')];
    let &(opening, closing) = BRACKETS.iter().find(|(_, closing)| text.ends_with(*closing))?;
    let (before, inside) = text.strip_suffix(closing)?.rsplit_once(opening)?;
    let inside = inside.trim().trim_start_matches(['注', '①']);
    let is_number = inside.chars().all(|sign| is_raised(sign) || sign.is_ascii_digit() || is_circled(sign));
    (is_number && inside.chars().count() <= MOST_DIGITS).then_some(before)
}

fn ends_as_figure(text: &str) -> bool {
    // A unit may be between figure and mark.
    text.chars().next_back().is_some_and(|last| last.is_alphanumeric() && !is_raised(last))
        && text.chars().any(|sign| sign.is_ascii_digit() || ('０'..='９').contains(&sign))
}

fn may_be_mark(sign: char) -> bool {
    is_raised(sign) || is_circled(sign) || "]］〕】﹞*＊※†".contains(sign)
}

/// A superscript or subscript digit or sign.
fn is_raised(sign: char) -> bool {
    matches!(sign, '¹' | '²' | '³' | '\u{2070}'..='\u{209c}')
}

/// A number in a circle.
fn is_circled(sign: char) -> bool {
    matches!(sign, '①'..='⑳' | '㉑'..='㉟' | '❶'..='❿' | '➀'..='➓' | '⓪' | '⓿')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_parted_from_figures_and_nothing_else() {
        for (text, figure, mark) in [
            ("12¹", "12", "¹"),
            ("276①", "276", "①"),
            ("16[1]", "16", "[1]"),
            ("16[¹⁰]", "16", "[¹⁰]"),
            ("9017 *", "9017", "*"),
            ("12件²", "12件", "²"),
            ("12₁", "12", "₁"),
            ("¹12", "12", "¹"),
            ("3.5①②", "3.5", "①②"),
            ("5〔注1〕", "5", "〔注1〕"),
        ] {
            assert_eq!(parted(text), Some((figure, mark)), "{text}");
        }
        for text in ["12", "①", "[1]", "¹", "**12**", "", "*", "件[2021]", "规章[2021]30", "12[345]"] {
            assert!(parted(text).is_none_or(|(figure, _)| figure.starts_with("**")), "{text}");
        }
    }
}
