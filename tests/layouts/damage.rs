//! Damage of a report's text: characters changed, lost or inserted, figures in other spellings.

use nianbao::form::FieldKind;
use nianbao::sampler::Random;

use super::render::{Cell, Clear, Layout, Piece, Render, Source, changed, joined, lines, pipes, unmarked, with_rows};

const fn rows(name: &'static str, render: Render) -> Layout {
    Layout { name, clear: Clear::Rows, render }
}

/// Simplified characters, and the traditional ones by which a converter rightly or wrongly replaces them.
const PAIRS: &[(&str, &[&str])] = &[
    ("开", &["開"]),
    ("处", &["處"]),
    ("规", &["規"]),
    ("强", &["強"]),
    ("制", &["製"]),
    ("总", &["總"]),
    ("计", &["計"]),
    ("数", &["數"]),
    ("业", &["業"]),
    ("构", &["構"]),
    ("会", &["會"]),
    ("组", &["組"]),
    ("织", &["織"]),
    ("务", &["務"]),
    ("结", &["結"]),
    ("维", &["維"]),
    ("纠", &["糾"]),
    ("关", &["關"]),
    ("请", &["請"]),
    ("档", &["檔"]),
    ("复", &["復", "複", "覆"]),
    ("后", &["後"]),
    ("发", &["發", "髮"]),
    ("征", &["徵"]),
    ("准", &["準"]),
    ("余", &["餘"]),
    ("系", &["係", "繫"]),
    ("里", &["裏", "裡"]),
    ("布", &["佈"]),
    ("采", &["採"]),
    ("获", &["獲", "穫"]),
    ("只", &["隻", "祇"]),
    ("种", &["種"]),
    ("划", &["劃"]),
    ("无", &["無"]),
    ("当", &["當"]),
    ("为", &["為", "爲"]),
    ("众", &["眾", "衆"]),
    ("群", &["羣"]),
    ("启", &["啟", "啓"]),
    ("线", &["線"]),
    ("并", &["並", "併"]),
    ("产", &["產"]),
    ("录", &["錄"]),
    ("说", &["說", "説"]),
    ("户", &["戶"]),
    ("费", &["費"]),
    ("审", &["審"]),
    ("诉", &["訴"]),
    ("举", &["舉"]),
];

/// Replaces every character that has a traditional form by one of these.
fn traditional(text: &str, random: &mut Random) -> String {
    let one = |character: char, random: &mut Random| {
        let mut buffer = [0; 4];
        let simple: &str = character.encode_utf8(&mut buffer);
        let pair = PAIRS.iter().find(|pair| pair.0 == simple);
        pair.and_then(|pair| random.pick(pair.1)).map_or_else(|| simple.to_owned(), |old| (*old).to_owned())
    };
    text.chars().map(|character| one(character, random)).collect()
}

fn is_han(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}

/// Adds readings after characters: `报(bào)告`, `公(gong)(gong)开`.
fn pinyin(text: &str, random: &mut Random) -> String {
    let readings = ["(bào)", "(gong)", "（wù）", "(gào)(gào)", "(xìn)", "( kāi )", "(lǜ)"];
    let mut result = String::new();
    for character in text.chars() {
        result.push(character);
        if is_han(character) && random.once_in(4) {
            result.push_str(random.pick(&readings).unwrap());
        }
    }
    result
}

/// Drops single characters between two runs of ASCII: 年, 月, 〔, 〕, @, —.
fn lost_between_runs(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let ascii = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(char::is_ascii_alphanumeric);
    let lost = |at: usize| {
        !characters[at].is_ascii() && !characters[at].is_whitespace() && ascii(at.checked_sub(1)) && ascii(Some(at + 1))
    };
    (0..characters.len()).filter(|&at| !lost(at)).map(|at| characters[at]).collect()
}

/// Changes every text outside the tables.
fn prose(pieces: &[Piece], mut change: impl FnMut(&str) -> String) -> Vec<Piece> {
    let mut pieces = pieces.to_vec();
    for piece in &mut pieces {
        if let Piece::Heading(words) | Piece::Line(words) = piece {
            *words = change(words);
        }
    }
    pieces
}

/// The report with figures in another spelling, and pipes between them.
fn spelled(source: &Source, mut spell: impl FnMut(&str, FieldKind, Option<&str>) -> String) -> String {
    let form = source.form;
    pipes(&changed(&source.pieces, |cell: &Cell| match cell.field {
        Some(field) => spell(&cell.words, form.fields[field].kind, form.fields[field].unit.as_deref()),
        None => cell.words.clone(),
    }))
}

/// A figure of the form's unit written in 元.
fn in_yuan(words: &str) -> Option<String> {
    let number: rust_decimal::Decimal = words.parse().ok()?;
    Some(format!("{}元", (number * rust_decimal::Decimal::from(10_000)).normalize()))
}

/// The damages.
pub(crate) const LAYOUTS: &[Layout] = &[
    rows("traditional-characters", |source, random| traditional(&lines(&source.pieces), random)),
    Layout {
        name: "traditional-and-glued",
        clear: Clear::Judged,
        render: |source, random| traditional(&with_rows(&source.pieces, "", |cells| joined(cells, "")), random),
    },
    rows("pinyin-in-brackets", |source, random| pinyin(&lines(&source.pieces), random)),
    rows("pinyin-and-pipes", |source, random| pinyin(&pipes(&source.pieces), random)),
    Layout {
        name: "pinyin-and-glued",
        clear: Clear::Judged,
        render: |source, random| pinyin(&with_rows(&source.pieces, "\n", |cells| joined(cells, "")), random),
    },
    rows("spam-for-the-place", |source, random| {
        let spam = *random.pick(&["必威体育官网", "彩票开户网址", "AG娱乐下载app", "bet365体育投注"]).unwrap();
        let agency = source.report.agency.clone().unwrap();
        let end = agency.find(['市', '县', '省']).unwrap() + '市'.len_utf8();
        // Only some places are changed: the agency's name elsewhere contradicts.
        let title = source.report.title.clone().unwrap();
        lines(&prose(&source.pieces, |words| {
            if words == title { words.replacen(&agency[..end], spam, 1) } else { words.to_owned() }
        }))
    }),
    rows("spam-everywhere", |source, random| {
        let spam = *random.pick(&["必威体育官网", "彩票开户网址", "AG娱乐下载app", "bet365体育投注"]).unwrap();
        let agency = source.report.agency.clone().unwrap();
        let end = agency.find(['市', '县', '省']).unwrap() + '市'.len_utf8();
        lines(&prose(&source.pieces, |words| words.replace(&agency[..end], spam)))
    }),
    rows("lost-between-runs", |source, _| lost_between_runs(&lines(&source.pieces))),
    rows("lost-between-runs-pipes", |source, _| lost_between_runs(&pipes(&source.pieces))),
    rows("units-in-cells", |source, random| {
        spelled(source, |words, kind, unit| match (kind, unit) {
            (FieldKind::Amount, Some("万元")) if random.once_in(2) => in_yuan(words).unwrap(),
            (FieldKind::Amount, Some(unit)) => format!("{words}{unit}"),
            (FieldKind::Count, Some("件")) if random.once_in(2) => format!("{words}件"),
            (FieldKind::Count, Some("件")) if random.once_in(2) => format!("{words} 件"),
            _ => words.to_owned(),
        })
    }),
    rows("signs-in-words", |source, random| {
        spelled(source, |words, kind, _| match (kind, words.strip_prefix('-')) {
            (FieldKind::Signed, Some(number)) => {
                format!("{}{number}", random.pick(&["减", "--", "-", "－", "减少", "减-"]).unwrap())
            }
            (FieldKind::Signed, None) if words != "0" => {
                format!("{}{words}", random.pick(&["增", "+", "", "＋", "增加"]).unwrap())
            }
            _ => words.to_owned(),
        })
    }),
    rows("slashes-and-dashes", |source, random| {
        let none = ["/", "—", "－", "无", "（无）", "-", ""];
        spelled(source, |words, _, _| match words {
            "0" if random.once_in(2) => (*random.pick(&none).unwrap()).to_owned(),
            _ => words.to_owned(),
        })
    }),
    rows("thousands", |source, _| {
        spelled(source, |words, _, _| {
            let (whole, fraction) =
                words.split_once('.').map_or((words, ""), |(whole, _)| (whole, &words[whole.len()..]));
            let digits: Vec<char> = whole.chars().collect();
            let mut grouped = String::new();
            for (at, digit) in digits.iter().enumerate() {
                let left = digits.len() - at;
                if at > 0 && left.is_multiple_of(3) && digits[at - 1].is_ascii_digit() {
                    grouped.push(',');
                }
                grouped.push(*digit);
            }
            grouped + fraction
        })
    }),
    rows("blanks-in-labels", |source, random| {
        let blanks = |words: &str, random: &mut Random| -> String {
            let spaced =
                |character: char| if random.once_in(3) { format!("{character}\u{a0} ") } else { character.into() };
            words.chars().map(spaced).collect()
        };
        pipes(&changed(&source.pieces, |cell| {
            if cell.field.is_some() { cell.words.clone() } else { blanks(&cell.words, random) }
        }))
    }),
    rows("repeated-short-lines-dropped", |source, _| {
        let whole = lines(&source.pieces);
        let mut last = String::new();
        let mut kept = Vec::new();
        for line in whole.lines() {
            let plain = unmarked(line);
            if plain != last {
                kept.push(line);
            }
            last = plain;
        }
        kept.join("\n")
    }),
];
