//! Parses a corrections file: JSON lines (RFC 8259, one object per line).

use super::{Correction, CorrectionMistake, Corrections};
use crate::finding::code::batch::LINE_UNREADABLE;
use crate::finding::{Finding, Message};

pub(super) fn read(text: &str) -> Result<Corrections, CorrectionMistake> {
    let text = text.trim_start_matches('\u{feff}');
    let mut corrections = Corrections::default();
    let mut lines = text.split_inclusive('\n').enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let whole = line.ends_with('\n');
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Correction>(line.trim()) {
            Ok(correction) => {
                let sha256 = correction.sha256.to_ascii_lowercase();
                if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                    let detail = Message::new(
                        "sha256 应是64位十六进制的文件校验码。",
                        "`sha256` must be the digest of the sent file, 64 hexadecimal digits",
                    );
                    return Err(CorrectionMistake { line: index + 1, detail });
                }
                corrections.by_file.entry(sha256).or_default().lines.push(correction);
            }
            // Appending was interrupted; the lines before are complete.
            Err(error) if !whole && lines.peek().is_none() && error.is_eof() => {
                let number = index + 1;
                let (zh, en) =
                    (format!("更正单第{number}行不完整，未采用"), format!("line {number} was cut off and is left out"));
                corrections.findings.push(Finding::detailed(&LINE_UNREADABLE, &zh, &en));
            }
            Err(error) => {
                let detail = Message::new("不是一条完整的更正记录。", format!("not a correction: {error}"));
                return Err(CorrectionMistake { line: index + 1, detail });
            }
        }
    }
    Ok(corrections)
}

#[cfg(test)]
mod tests {
    use super::super::{Corrections, Stated};

    fn line(from: &str, to: &str) -> String {
        let digest = "ab".repeat(32);
        format!(
            "{{\"at\":\"2026-01-20\",\"by\":\"张某\",\"sha256\":\"{digest}\",\"field\":\"f\",\"from\":{from},\"to\":{to}}}\n"
        )
    }

    #[test]
    fn numbers_are_exact_and_null_is_nothing() {
        let corrections = Corrections::read(&line("0.10", "null")).unwrap();
        let found = &corrections.of_file(&"AB".repeat(32))[0];
        assert_eq!((&found.from, &found.to), (&Stated::Number("0.10".parse().unwrap()), &Stated::Nothing));
    }

    #[test]
    fn a_truncated_last_line_is_left_out_with_a_finding() {
        let (first, second) = (line("1", "2"), line("3", "4"));
        let cut = format!("{first}{}", &second[..40]);
        let corrections = Corrections::read(&cut).unwrap();
        assert_eq!((corrections.of_file(&"ab".repeat(32)).len(), corrections.findings.len()), (1, 1));
        let in_the_middle = format!("{}\n{first}", &second[..40]);
        assert_eq!(Corrections::read(&in_the_middle).unwrap_err().line, 1);
    }

    #[test]
    fn an_invalid_correction_is_refused_with_its_line() {
        for text in ["[]\n", "{}\n", "{\"at\":1}\n", &line("1", "2").replace("abab", "zz"), &line("1", "[]")] {
            assert_eq!(Corrections::read(&format!("\n{text}")).unwrap_err().line, 2, "{text}");
        }
    }
}
