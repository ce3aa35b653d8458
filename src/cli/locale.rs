//! Default language of messages: that of the locale in the environment, else that of the system.

use nianbao::finding::Language;

/// The locale variables in POSIX order of precedence.
const VARIABLES: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];

/// The language of this process. Windows sets none of the variables; there the system's language is used.
pub(super) fn language() -> Language {
    language_from(|name| std::env::var(name).ok(), sys_locale::get_locale)
}

/// Chinese for `zh…`, English for everything else.
fn language_from(variable: impl Fn(&str) -> Option<String>, system: impl FnOnce() -> Option<String>) -> Language {
    let set = VARIABLES.into_iter().filter_map(variable).find(|value| !value.is_empty());
    let locale = set.or_else(system).unwrap_or_default();
    if locale.to_lowercase().starts_with("zh") { Language::Zh } else { Language::En }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)], system: Option<&str>) -> Language {
        let variable = |name: &str| variables.iter().find(|known| known.0 == name).map(|known| known.1.to_owned());
        language_from(variable, || system.map(str::to_owned))
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert_eq!(with(&[("LANG", "zh_CN.UTF-8")], None), Language::Zh);
        assert_eq!(with(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")], None), Language::En);
        assert_eq!(with(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "")], None), Language::Zh);
        assert_eq!(with(&[("LC_MESSAGES", "en_US"), ("LANG", "zh_CN")], Some("zh-CN")), Language::En);
    }

    #[test]
    fn without_variables_the_system_language_decides() {
        // Names as used by Windows and macOS.
        for name in ["zh-CN", "zh-Hans-CN", "zh-TW", "ZH-cn"] {
            assert_eq!(with(&[], Some(name)), Language::Zh, "{name}");
        }
        assert_eq!(with(&[], Some("de-DE")), Language::En);
        assert_eq!(with(&[], None), Language::En);
    }
}
