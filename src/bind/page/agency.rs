//! Whether the agency's name in a title is reliable, and its name from other sources if it is not.

use super::facts;
use super::names::{Kinship, kinship};
use crate::finding::Message;
use crate::form::IdentitySource;
use crate::text::blank;
use crate::text::{fold, language, simplified, without_readings};

/// The agency's name with any doubt about it.
pub(in crate::bind) struct Named {
    /// The name, if it is certain enough.
    pub(in crate::bind) agency: Option<String>,
    /// Reason for doubt, if any: the message of a finding.
    pub(in crate::bind) doubt: Option<Message>,
}

/// Compares the name in the title with the signature below the report.
pub(in crate::bind) fn weigh(titled: Option<&str>, closing: &[String], words: &IdentitySource) -> Named {
    let signed = signatory(closing);
    let trusted = signed.as_deref().filter(|name| !is_advertisement(name));
    let Some(written) = titled else {
        let doubt = trusted.map(|name| {
            Message::new(
                format!("标题中没有机关名称，取自落款“{name}”。请核对。"),
                format!("The title names no agency; \"{name}\" was taken from the signature. Check it."),
            )
        });
        return Named { agency: trusted.map(str::to_owned), doubt };
    };
    let name = without_readings(written).into_owned();
    if is_advertisement(&name) {
        return advertisement(&name, trusted);
    }
    // A signature that certainly names another agency is reported by `contradictions`.
    let doubtful = |signed: &&str| match kinship(words, &name, signed) {
        Kinship::Same | Kinship::Different => false,
        Kinship::Unclear | Kinship::Above => contradict(&name, signed),
    };
    let doubt = if let Some(signed) = trusted.filter(doubtful) {
        Some(Message::new(
            format!("标题中的机关名称“{name}”与落款“{signed}”不同。请核对。"),
            format!("The agency in the title is \"{name}\", in the signature \"{signed}\". Check it."),
        ))
    } else if name.len() != written.len() {
        Some(Message::new(
            format!("标题中的机关名称夹有注音，按“{name}”读取。请核对。"),
            format!("The agency's name in the title has readings in brackets; it was read as \"{name}\". Check it."),
        ))
    } else if name.chars().any(|character| simplified(character) != character) {
        Some(Message::new(
            format!("标题中的机关名称“{name}”含有繁体字，文本可能经过转换。请核对。"),
            format!(
                "The agency's name \"{name}\" has traditional characters; the text may have been converted. Check it."
            ),
        ))
    } else {
        None
    };
    Named { agency: Some(name), doubt }
}

fn advertisement(name: &str, signed: Option<&str>) -> Named {
    let doubt = match signed {
        Some(signed) => Message::new(
            format!("标题中的机关名称“{name}”疑混入广告文字，取自落款“{signed}”。请核对。"),
            format!(
                "The agency's name \"{name}\" in the title seems to hold an advertisement; \"{signed}\" was taken from the signature. Check it."
            ),
        ),
        None => Message::new(
            format!("标题中的机关名称“{name}”疑混入广告文字，已留空。请在标题中写明机关全称，或在单位名录中登记。"),
            format!(
                "The agency's name \"{name}\" in the title seems to hold an advertisement and was left open. Write the full name in the title, or list it in the agencies file."
            ),
        ),
    };
    Named { agency: signed.map(str::to_owned), doubt: Some(doubt) }
}

/// Whether a name contains text that no agency's name has: Latin letters in a run or beside digits, digits that are not a number after 第,
/// or the words of advertisements.
fn is_advertisement(name: &str) -> bool {
    let folded = fold(name);
    // A run of letters and digits, and the character before it.
    let (mut run, mut letters, mut before) = (0, 0, None);
    for character in folded.chars().chain(std::iter::once('\0')) {
        if character.is_ascii_alphanumeric() {
            (run, letters) = (run + 1, letters + usize::from(character.is_ascii_alphabetic()));
            continue;
        }
        // Numbered agencies: 第12师.
        if run >= 2 && (letters > 0 || before != Some('第')) {
            return true;
        }
        (run, letters, before) = (0, 0, Some(character));
    }
    language().advertisements.iter().any(|word| folded.contains(word.as_str()))
}

/// Whether two names have the same ending but are different agencies: neither abbreviates the other.
fn contradict(one: &str, other: &str) -> bool {
    let (one, other) = (fold(one), fold(other));
    let alike = one.chars().rev().zip(other.chars().rev()).take_while(|(one, other)| one == other).count();
    alike >= 2 && !abbreviates(&one, &other) && !abbreviates(&other, &one)
}

/// Whether the shorter text is a subsequence of the longer one.
fn abbreviates(shorter: &str, longer: &str) -> bool {
    let mut rest = longer.chars();
    shorter.chars().all(|character| rest.any(|other| other == character))
}

/// The name above the closing date, or before it on the same line.
pub(super) fn signatory(closing: &[String]) -> Option<String> {
    let date = closing.iter().rposition(|line| facts::signed(&[line.as_str()], &mut Vec::new()).is_some())?;
    let same_line = closing[date].split(|character: char| character.is_ascii_digit()).next().unwrap_or_default();
    let above = date.checked_sub(1).map(|above| closing[above].as_str()).unwrap_or_default();
    let name = [same_line, above].into_iter().map(|text| text.trim_matches(blank)).find(|text| !text.is_empty())?;
    let name: String = without_readings(name).split(blank).collect();
    let certain = (4..=40).contains(&name.chars().count()) && !name.contains(['。', '，', '、', '：', ':', ',']);
    certain.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weighed(titled: Option<&str>, closing: &[&str]) -> (Option<String>, bool) {
        let closing: Vec<String> = closing.iter().map(|line| (*line).to_owned()).collect();
        let named = weigh(titled, &closing, &IdentitySource::default());
        (named.agency, named.doubt.is_some())
    }

    #[test]
    fn a_damaged_name_is_read_from_the_signature_or_left_empty() {
        let signed = ["白渚市民政局", "2025年1月20日"];
        let some = |name: &str, doubt| (Some(name.to_owned()), doubt);
        assert_eq!(weighed(Some("白渚市民政局"), &signed), some("白渚市民政局", false));
        assert_eq!(
            weighed(Some("白渚市民政局"), &["白渚市民政局办公室", "2025年1月20日"]),
            some("白渚市民政局", false)
        );
        assert_eq!(weighed(Some("彩票开户网址民政局"), &signed), some("白渚市民政局", true));
        assert_eq!(weighed(Some("AG娱乐下载app民政局"), &[]), (None, true));
        assert_eq!(weighed(Some("石岭市民政局"), &signed), some("石岭市民政局", true));
        assert_eq!(weighed(Some("白(bái)渚市民政局"), &signed), some("白渚市民政局", true));
        assert_eq!(weighed(Some("白渚市審計局"), &[]), some("白渚市審計局", true));
        assert_eq!(weighed(None, &signed), some("白渚市民政局", true));
        assert_eq!(weighed(None, &[]), (None, false));
    }
}
