//! Similarity of two labels.

/// Similarity of two folded labels from 0 to 1 (equal); a label followed by an explanation has 0.9. Values below 0.7 may be returned as 0.
pub(in crate::bind) fn likeness(text: &str, label: &str) -> f64 {
    let (text_length, label_length) = (text.chars().count(), label.chars().count());
    if label_length >= 4 && text_length > label_length && text.starts_with(label) {
        return 0.9;
    }
    // The distance is at least the difference of the lengths, so the similarity is less than 0.7.
    if text_length.abs_diff(label_length) * 10 > text_length.max(label_length) * 3 {
        return 0.0;
    }
    // Each character that is not common costs a step, so the similarity is less than 0.6.
    let common = label.chars().filter(|&character| text.contains(character)).count();
    if common * 10 < text_length.max(label_length) * 6 {
        return 0.0;
    }
    strsim::normalized_damerau_levenshtein(text, label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similarity_of_a_text_to_a_label() {
        for (text, label, expected) in [
            ("予以公开", "予以公开", 1.0),
            // One character replaced, two neighbours exchanged, one lost.
            ("部份公开", "部分公开", 0.75),
            ("以予公开", "予以公开", 0.75),
            ("予以公开数", "予以开数", 0.8),
            // A label with an explanation after it.
            ("予以公开（含主动公开）", "予以公开", 0.9),
            ("其他处理方式", "其他", 0.0),
            // Other words.
            ("商业企业", "科研机构", 0.0),
            ("", "总计", 0.0),
        ] {
            let found = likeness(text, label);
            assert!((found - expected).abs() < 1e-9, "{text} {label}: {found}");
        }
    }
}
