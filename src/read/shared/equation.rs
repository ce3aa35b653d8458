//! Word fields whose displayed text is in their instruction, because they have no result: `EQ`, `MACROBUTTON` and `GOTOBUTTON`
//! (ECMA-376 part 1, 17.16.5).

use super::marks::Shift;

/// Maximum number of bytes kept of an instruction, enough for circled numbers and fractions.
pub(in crate::read) const MOST_CODE: usize = 1_024;

/// Maximum nesting depth of groups.
const DEEPEST: usize = 16;

/// A part of the displayed text of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::read) enum EquationPart {
    /// Text on the line, or raised or lowered.
    Text(String, Shift),
    /// The reading (ruby text) of the text before it.
    Reading(String),
}

/// The displayed text of a field with this instruction; empty for fields that have a result.
pub(in crate::read) fn shown(code: &str) -> Vec<EquationPart> {
    let code = code.trim_start();
    let (name, rest) = code.split_once([' ', '\\', '\t']).unwrap_or((code, ""));
    match name.to_ascii_uppercase().as_str() {
        "EQ" => {
            let signs: Vec<char> = code.chars().skip(2).take(MOST_CODE).collect();
            let mut parser = Parser { signs: &signs, at: 0 };
            let mut pieces = parser.sequence(0);
            trim(&mut pieces);
            // The rest is not known, so the text cannot be read: a digit may be missing.
            if code.len() >= MOST_CODE {
                pieces.push(EquationPart::Text("\u{FFFD}".to_owned(), Shift::None));
            }
            pieces
        }
        // The name of the macro, a space, then the displayed text.
        "MACROBUTTON" | "GOTOBUTTON" => {
            let text = rest.trim_start().split_once(' ').map_or("", |(_, text)| text).trim();
            let cut = if code.len() >= MOST_CODE { "\u{FFFD}" } else { "" };
            let text = text.chars().take(MOST_CODE).collect::<String>() + cut;
            vec![EquationPart::Text(text, Shift::None)]
        }
        _ => Vec::new(),
    }
}

/// Whether an instruction is a formula, whose text is its result (17.16.3).
pub(in crate::read) fn is_formula(code: &str) -> bool {
    code.trim_start().starts_with('=')
}

struct Parser<'a> {
    signs: &'a [char],
    at: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let sign = self.signs.get(self.at).copied();
        self.at += 1;
        sign
    }

    fn peek(&self) -> Option<char> {
        self.signs.get(self.at).copied()
    }

    /// Parses up to the end of an argument, or of the instruction at depth 0.
    fn sequence(&mut self, depth: usize) -> Vec<EquationPart> {
        let mut pieces = Vec::new();
        while let Some(sign) = self.peek() {
            match sign {
                ',' | ';' | ')' if depth > 0 => break,
                '\\' => {
                    self.at += 1;
                    self.switch(depth, &mut pieces);
                }
                _ => {
                    self.at += 1;
                    push(&mut pieces, sign);
                }
            }
        }
        pieces
    }

    /// Parses what follows a backslash: a literal character, a general switch, or an operation with its arguments.
    fn switch(&mut self, depth: usize, pieces: &mut Vec<EquationPart>) {
        let Some(sign) = self.next() else { return };
        match sign {
            '*' => self.general(),
            'a'..='z' | 'A'..='Z' => {
                let options = self.options();
                if self.peek() == Some('(') && depth < DEEPEST {
                    let arguments = self.arguments(depth + 1);
                    pieces.extend(operation(sign.to_ascii_lowercase(), &options, &arguments));
                }
            }
            _ => push(pieces, sign),
        }
    }

    /// Skips a general switch such as `\* jc2` or `\* "Font:宋体"`.
    fn general(&mut self) {
        while self.peek() == Some(' ') {
            self.at += 1;
        }
        let quoted = self.peek() == Some('"');
        self.at += usize::from(quoted);
        while let Some(sign) = self.peek() {
            if !quoted && matches!(sign, ' ' | '\\') {
                return;
            }
            self.at += 1;
            if quoted && sign == '"' {
                return;
            }
        }
    }

    /// The options before the arguments, such as `\ac` in `\o\ac(`.
    fn options(&mut self) -> String {
        let mut options = String::new();
        while let Some(sign) = self.peek().filter(|sign| *sign != '(') {
            self.at += 1;
            options.push(sign);
            // An option may name a bracket: `\b\lc\((`.
            if sign == '\\'
                && let Some(next) = self.next()
            {
                options.push(next);
            }
        }
        options
    }

    fn arguments(&mut self, depth: usize) -> Vec<Vec<EquationPart>> {
        let mut arguments = Vec::new();
        while let Some('(' | ',' | ';') = self.peek() {
            self.at += 1;
            let mut argument = self.sequence(depth);
            trim(&mut argument);
            arguments.push(argument);
        }
        self.at += usize::from(self.peek() == Some(')'));
        arguments
    }
}

fn push(pieces: &mut Vec<EquationPart>, sign: char) {
    match pieces.last_mut() {
        Some(EquationPart::Text(text, Shift::None)) => text.push(sign),
        _ => pieces.push(EquationPart::Text(sign.into(), Shift::None)),
    }
}

/// Removes blanks at the ends.
fn trim(pieces: &mut Vec<EquationPart>) {
    if let Some(EquationPart::Text(text, _)) = pieces.first_mut() {
        *text = text.trim_start().to_owned();
    }
    if let Some(EquationPart::Text(text, _)) = pieces.last_mut() {
        text.truncate(text.trim_end().len());
    }
    pieces.retain(|piece| !matches!(piece, EquationPart::Text(text, _) if text.is_empty()));
}

fn plain(pieces: &[EquationPart]) -> String {
    let texts = pieces.iter().map(|piece| match piece {
        EquationPart::Text(text, _) => text.as_str(),
        EquationPart::Reading(_) => "",
    });
    texts.collect()
}

/// The displayed text of an operation. Arguments are separated, so that figures above or beside each other do not merge into one.
fn operation(name: char, options: &str, arguments: &[Vec<EquationPart>]) -> Vec<EquationPart> {
    let joined = |between: &str| {
        let mut pieces = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            if index > 0 {
                pieces.push(EquationPart::Text(between.to_owned(), Shift::None));
            }
            pieces.extend(argument.iter().cloned());
        }
        pieces
    };
    match name {
        'o' => overstrike(arguments),
        's' => {
            let shift = if options.contains("\\do") { Shift::Lowered } else { Shift::Raised };
            let said = options.contains("\\up") || options.contains("\\do");
            let shift = if said { shift } else { Shift::None };
            vec![EquationPart::Text(
                arguments.iter().map(|argument| plain(argument)).collect::<Vec<_>>().join("、"),
                shift,
            )]
        }
        'f' => joined("/"),
        'r' => [vec![EquationPart::Text("√".to_owned(), Shift::None)], joined("√")].concat(),
        'd' => Vec::new(),
        _ => joined("、"),
    }
}

/// Overstruck arguments: a number in a circle, a text with its reading, a ticked box. Any others are joined by U+FFFD.
fn overstrike(arguments: &[Vec<EquationPart>]) -> Vec<EquationPart> {
    const CIRCLES: [&str; 5] = ["○", "◯", "〇", "⃝", "O"];
    let text = |piece: String| vec![EquationPart::Text(piece, Shift::None)];
    let raised = |argument: &&Vec<EquationPart>| matches!(&argument[..], [EquationPart::Text(_, Shift::Raised)]);
    if let Some(reading) = arguments.iter().find(raised) {
        let below = arguments.iter().filter(|argument| !std::ptr::eq(*argument, reading)).flatten().cloned();
        return below.chain([EquationPart::Reading(plain(reading))]).collect();
    }
    let parts: Vec<String> = arguments.iter().map(|argument| plain(argument)).collect();
    match &parts[..] {
        [around, inside] if CIRCLES.contains(&around.as_str()) => text(circled(inside)),
        [around, inside] if around == "□" && matches!(inside.as_str(), "√" | "✓" | "✔") => text("☑".to_owned()),
        [around, inside] if around == "□" && matches!(inside.as_str(), "×" | "✗" | "✘") => text("☒".to_owned()),
        parts if parts.iter().filter(|part| !part.is_empty()).count() < 2 => text(parts.concat()),
        // U+FFFD marks text that cannot be read.
        parts => text(parts.join("\u{FFFD}")),
    }
}

/// The circled number of a text from 0 to 50, else the text in brackets.
fn circled(inside: &str) -> String {
    let first = |number: u32| match number {
        0 => Some(0x24EA),
        1..=20 => Some(0x2460 + number - 1),
        21..=35 => Some(0x3251 + number - 21),
        36..=50 => Some(0x32B1 + number - 36),
        _ => None,
    };
    let sign = inside.parse().ok().and_then(first).and_then(char::from_u32);
    sign.map_or_else(|| format!("({inside})"), String::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_line(code: &str) -> String {
        let pieces = shown(code);
        let text = |piece: &EquationPart| match piece {
            EquationPart::Text(text, Shift::None) => text.clone(),
            EquationPart::Text(text, Shift::Raised) => format!("^{text}"),
            EquationPart::Text(text, Shift::Lowered) => format!("_{text}"),
            EquationPart::Reading(text) => format!("[{text}]"),
        };
        pieces.iter().map(text).collect()
    }

    #[test]
    fn what_equations_show() {
        for (code, text) in [
            (r" eq \o\ac(○,2)", "②"),
            (r"EQ \o\ac(○,21)", "㉑"),
            (r"EQ \o\ac(○,47)", "㊼"),
            (r"EQ \o\ac(○,51)", "(51)"),
            (r"EQ \o\ac(○,密)", "(密)"),
            (r"EQ \o\ac(□,√)", "☑"),
            (r"EQ \o(1,2)", "1\u{FFFD}2"),
            (r"EQ \o(12,)", "12"),
            (r"EQ \* jc2 \* \x22Font:宋体\x22 \* hps10 \o\ad(\s\up 9(gōng),公)", "公[gōng]"),
            (r"EQ 12\s\up5(1)", "12^1"),
            (r"EQ CO\s\do3(2)", "CO_2"),
            (r"EQ \f(1,2)", "1/2"),
            (r"EQ \a\al(1,2)", "1、2"),
            (r"EQ \l(1,2)", "1、2"),
            (r"EQ \x(12)", "12"),
            (r"EQ \x\to\bo( 12 )", "12"),
            (r"EQ \r(3,8)", "√3√8"),
            (r"EQ \b\lc\((12)", "12"),
            (r"EQ 1\,234", "1,234"),
            (r"EQ \d\fo10()12", "12"),
            ("MACROBUTTON  AcceptAll 12", "12"),
            ("MACROBUTTON X", ""),
            ("PAGE", ""),
            ("EQUATION 12", ""),
            (r"EQ \f(1", "1"),
            ("EQ \\", ""),
        ] {
            let code = code.replace(r"\x22", "\"");
            assert_eq!(on_line(&code), text, "{code}");
        }
        let deep = format!("EQ {}", r"\x(".repeat(500));
        assert!(on_line(&deep).len() < 500);
    }

    #[test]
    fn an_instruction_that_was_cut_cannot_be_read() {
        for start in ["EQ 12", "MACROBUTTON X 12"] {
            let code = format!("{start}{}", " ".repeat(MOST_CODE - start.len() - 1));
            assert_eq!(on_line(&code), "12");
            assert!(on_line(&format!("{code} 3")).ends_with('\u{FFFD}'));
        }
    }

    #[test]
    fn formulas() {
        assert!(is_formula(" =SUM(LEFT)") && is_formula("= 1") && !is_formula("EQ = 1") && !is_formula("PAGE"));
    }
}
