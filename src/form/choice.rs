//! Tick-box choices: `□是 □否`.

use crate::text::fold;

/// The words of a choice and its marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The words, in the form's order.
    pub of: Vec<String>,
    /// Mark written before a word that is not chosen.
    pub empty: char,
    /// Mark written before a chosen word.
    pub ticked: char,
    /// All marks that are read as a tick.
    pub ticks: Vec<char>,
    /// Whether several words may be chosen.
    pub several: bool,
}

/// Characters read as a tick: boxes, ticks, filled shapes, and the letters that symbol fonts show as ticks.
const TICKS: &str = "☑☒■√✓✔●◉◆🗹✅þR";

/// Characters read as an empty box.
const EMPTY: &str = "□☐○◯◇▢❏❑o";

impl Choice {
    /// A choice of these words. The first character of `marks` is the empty box, the second the tick that is written.
    pub(super) fn new(of: &[String], marks: Option<&str>, several: bool) -> Self {
        let marks: Vec<char> = marks.unwrap_or("□☑√").chars().collect();
        let empty = marks.first().copied().unwrap_or('□');
        let ticked = marks.get(1).copied().unwrap_or('☑');
        let ticks = marks.iter().skip(1).copied().chain(TICKS.chars()).collect();
        Self { of: of.to_vec(), empty, ticked, ticks, several }
    }

    /// The cell text with these words chosen.
    pub fn written(&self, chosen: &[&str]) -> String {
        let mark = |word: &String| if chosen.contains(&word.as_str()) { self.ticked } else { self.empty };
        self.of.iter().map(|word| format!("{}{word}", mark(word))).collect::<Vec<_>>().join(" ")
    }

    /// The words chosen in a cell: an empty list if none is, `None` if the cell is ambiguous.
    ///
    /// A tick may be before or behind its word; a cell that contains one of the words alone chooses that word.
    pub fn read(&self, text: &str) -> Option<Vec<String>> {
        let spoken: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        let is_tick = |character: char| self.ticks.contains(&character);
        let is_box = |character: char| character == self.empty || EMPTY.contains(character);
        // `R` and `o` are marks only where a symbol font shows them as boxes, never as the first letter of a word.
        let places = self.places(&spoken)?;
        let marks = spoken.chars().filter(|&character| is_tick(character) || is_box(character)).count();
        if marks == 0 {
            return match places.as_slice() {
                [] if fold(&spoken).is_empty() => Some(Vec::new()),
                [(word, ..)] if fold(&spoken) == fold(&self.of[*word]) => Some(vec![self.of[*word].clone()]),
                _ => None,
            };
        }
        let before = |start: usize| spoken[..start].chars().next_back();
        let behind = |end: usize| spoken[end..].chars().find(|character| !"（(".contains(*character));
        let is_mark = |mark: Option<char>| mark.is_some_and(|mark| is_tick(mark) || is_box(mark));
        // All marks are on the same side of their words: the side of the first mark.
        let leading = places.first().is_some_and(|&(_, start, _)| is_mark(before(start)));
        let mut chosen = Vec::new();
        for &(word, start, end) in &places {
            let mark = if leading { before(start) } else { behind(end) };
            if mark.is_some_and(is_tick) {
                chosen.push(self.of[word].clone());
            }
        }
        Some(chosen)
    }

    /// Positions of the words in the text: index of the word, first byte, byte after the last. `None` if a word occurs twice.
    fn places(&self, text: &str) -> Option<Vec<(usize, usize, usize)>> {
        let mut order: Vec<usize> = (0..self.of.len()).collect();
        order.sort_by_key(|&word| std::cmp::Reverse(self.of[word].len()));
        let mut places: Vec<(usize, usize, usize)> = Vec::new();
        for word in order {
            let plain: String = self.of[word].chars().filter(|character| !character.is_whitespace()).collect();
            if plain.is_empty() {
                continue;
            }
            let free = |start: usize| !places.iter().any(|&(_, from, to)| start < to && from < start + plain.len());
            let found: Vec<usize> =
                text.match_indices(&plain).map(|(start, _)| start).filter(|&start| free(start)).collect();
            match found.as_slice() {
                [] => {}
                [only] => places.push((word, *only, *only + plain.len())),
                _ => return None,
            }
        }
        places.sort_by_key(|place| place.1);
        Some(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(several: bool) -> Choice {
        Choice::new(&["是".into(), "否".into()], None, several)
    }

    #[test]
    fn ticks_are_before_or_behind_their_word() {
        let read = |text: &str| choice(false).read(text).map(|words| words.join("+"));
        for text in ["☑是 □否", "■是 □否", "√是□否", "是☑ 否□", "是（√）否（ ）", "是", " 是 ", "●是 ○否", "是√ 否"]
        {
            assert_eq!(read(text).as_deref(), Some("是"), "{text}");
        }
        assert_eq!(read("□是 ☑否").as_deref(), Some("否"));
        assert_eq!(read("□是 □否").as_deref(), Some(""));
        assert_eq!(read("☑是 ☑否").as_deref(), Some("是+否"));
        assert_eq!(read("").as_deref(), Some(""));
        assert_eq!(read("是否"), None);
        assert_eq!(read("大概"), None);
    }

    #[test]
    fn a_written_choice_is_read_back() {
        let kinds = ["政府门户网站", "部门网站", "专项网站", "网站"].map(str::to_owned);
        let choice = Choice::new(&kinds, Some("○●"), true);
        for chosen in [vec![], vec!["部门网站"], vec!["政府门户网站", "网站"]] {
            assert_eq!(choice.read(&choice.written(&chosen)).unwrap_or_default(), chosen);
        }
    }
}
