//! Numbers and years in prose.

use rust_decimal::Decimal;

use crate::text::{ascii_digit, chinese_number};

/// A number in ASCII or full-width digits, with or without thousands separators, or in Chinese numerals.
pub(super) fn read(text: &str) -> Option<Decimal> {
    let narrow: String = text.chars().filter_map(narrow).collect();
    narrow.parse().ok().or_else(|| chinese_number(text).map(Decimal::from))
}

fn narrow(character: char) -> Option<char> {
    match character {
        '．' => Some('.'),
        ',' | '，' => None,
        other => ascii_digit(other).or(Some(other)),
    }
}

/// The last year in a text, written as four digits before 年.
pub(super) fn last_year(text: &str) -> Option<i16> {
    text.rmatch_indices('年').find_map(|(at, _)| {
        let mut digits: Vec<char> = text[..at].trim_end().chars().rev().map_while(digit).take(5).collect();
        digits.reverse();
        (digits.len() == 4).then(|| digits.iter().collect::<String>().parse().ok()).flatten()
    })
}

fn digit(character: char) -> Option<char> {
    narrow(character).filter(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_numeral() {
        for (text, number) in
            [("23", 23), ("２３", 23), ("1,234", 1234), ("１，２３４", 1234), ("二十三", 23), ("两", 2), ("〇", 0)]
        {
            assert_eq!(read(text), Some(number.into()), "{text}");
        }
        assert_eq!(read("2.02"), Some(Decimal::new(202, 2)));
        assert_eq!(read("件"), None);
    }

    #[test]
    fn the_last_year_counts_and_a_number_of_years_does_not() {
        assert_eq!(last_year("2022年收到申请，２０２３ 年度办结"), Some(2023));
        assert_eq!(last_year("近三年、20231年、近10年"), None);
    }
}
