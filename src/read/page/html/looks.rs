//! Computed style of an element (declarations, name, attributes), reduced to what decides whether its text is read.

use super::lengths::{em_to_points, part, percent_to_points, points};
use super::tree::Element;
use crate::read::shared::marks::{Change, Colour, Paper, Shift, rgb};

/// Offset in pixels from which text is outside of the page.
const OUTSIDE: f64 = -400.0;

/// Maximum number of bytes of declarations.
const MOST: usize = 4_096;

/// Letter spacing in points from which characters overlap: a digit of a table is about 6 wide.
const LEAST_SPACING: f64 = -4.5;

/// Computed style of an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Looks {
    /// `display:none`, or a display that overrides it.
    pub(super) gone: Option<bool>,
    /// Its text formatting.
    pub(super) face: Change,
    /// Whether a row or column of a table is collapsed.
    pub(super) collapsed: Option<bool>,
}

impl Looks {
    /// This style, completed by another.
    pub(super) fn completed_by(self, other: Self) -> Self {
        Self {
            gone: self.gone.or(other.gone),
            face: self.face.or(other.face),
            collapsed: self.collapsed.or(other.collapsed),
        }
    }
}

/// Parses declarations: normal and `!important` ones.
pub(super) fn declarations(text: &str) -> (Looks, Looks) {
    let (mut plain, mut important) = (Group::default(), Group::default());
    let end = super::words::boundary_before(text, MOST);
    for declaration in text[..end].split(';') {
        let Some((name, value)) = declaration.split_once(':') else { continue };
        let (name, value) = (name.trim().to_ascii_lowercase(), value.trim().to_ascii_lowercase());
        match value.strip_suffix("!important") {
            Some(value) => important.take(&name, value.trim_end()),
            None => plain.take(&name, &value),
        }
    }
    (plain.looks(), important.looks())
}

/// Declarations that take effect only together.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent declarations that are gathered side by side")]
struct Group {
    looks: Looks,
    /// Taken out of the flow.
    placed: bool,
    /// Moved outside of the page.
    outside: bool,
    /// Without height or width.
    flat: bool,
    /// Overflow hidden.
    cut: bool,
    mso: bool,
    column: bool,
    /// Relative position, and vertical offset in points.
    relative: bool,
    up: f64,
    /// Text colour and background.
    ink: Option<[u8; 3]>,
    behind: Option<[u8; 3]>,
}

impl Group {
    fn take(&mut self, name: &str, value: &str) {
        self.mso |= name.starts_with("mso-");
        let face = &mut self.looks.face;
        match name {
            "display" => self.looks.gone = Some(value == "none"),
            "visibility" => {
                face.hidden = Some(matches!(value, "hidden" | "collapse"));
                self.looks.collapsed = Some(value == "collapse");
            }
            "mso-hide" => face.hidden = Some(value == "all"),
            "color" | "-webkit-text-fill-color" => match colour(value) {
                Some(Ink::Clear) => face.pale = Some(true),
                Some(Ink::Rgb(colour)) => {
                    self.ink = Some(colour);
                    face.set_ink(colour);
                }
                None => (face.pale, face.ink) = (Some(false), Some(Colour::None)),
            },
            "background" | "background-color" => {
                if let Some(paper) = paper(value) {
                    face.paper = Some(paper);
                }
                self.behind = match colour(value) {
                    Some(Ink::Rgb(colour)) => Some(colour),
                    _ => None,
                };
                face.ground = face.paper.map(|_| self.behind.into()).or(face.ground);
            }
            "background-image" if value != "none" => {
                (face.paper, face.ground) = (Some(Paper::Coloured), Some(Colour::None));
            }
            "font-size" => size(value, face),
            "font" => {
                let is_size = |part: &&str| part.starts_with(|first: char| first.is_ascii_digit()) && !is_weight(part);
                if let Some(of) = value.split_ascii_whitespace().find(is_size) {
                    size(of.split('/').next().unwrap_or_default(), face);
                }
            }
            "text-decoration" | "text-decoration-line" if value.contains("line-through") => face.struck = Some(true),
            "vertical-align" => {
                let raised = points(value).or_else(|| em_to_points(value)).or_else(|| percent_to_points(value));
                face.shift = Some(raised.map_or_else(|| Shift::named(value), Shift::by_points));
            }
            "mso-text-raise" => {
                face.shift = points(value).map(Shift::by_points).or(face.shift);
            }
            "opacity" if part(value).is_some_and(|opacity| opacity < 0.05) => face.away = Some(true),
            "font-variant-position" => face.shift = Some(Shift::named(value)),
            "position" => {
                self.placed = matches!(value, "absolute" | "fixed");
                self.relative = value == "relative";
            }
            "left" | "top" | "right" | "bottom" => {
                self.outside |= is_outside(value);
                let moved = points(value).or_else(|| em_to_points(value)).unwrap_or(0.0);
                match name {
                    "top" => self.up = -moved,
                    "bottom" => self.up = moved,
                    _ => {}
                }
            }
            "letter-spacing" => {
                let spacing = points(value).or_else(|| em_to_points(value)).unwrap_or(0.0);
                face.away = (spacing <= LEAST_SPACING).then_some(true).or(face.away);
            }
            "content-visibility" => face.hidden = Some(value == "hidden"),
            "filter" if value.replace(' ', "").contains("opacity(0)") => face.away = Some(true),
            "clip-path" if is_clipped(value) => face.away = Some(true),
            "text-indent" | "margin-left" | "margin-top" if is_outside(value) => face.away = Some(true),
            "clip" if value.replace([' ', ','], "").starts_with("rect(000") || value.starts_with("rect(0px") => {
                face.away = Some(true);
            }
            "transform" | "scale" | "translate" if is_transformed_away(name, value) => face.away = Some(true),
            "height" | "max-height" | "width" | "max-width" => {
                self.flat |= points(value).is_some_and(|points| points < 1.0);
            }
            "overflow" | "overflow-x" | "overflow-y" => self.cut = matches!(value, "hidden" | "clip"),
            "mso-width-source" | "mso-width-alt" => self.column = true,
            _ => {}
        }
    }

    fn looks(mut self) -> Looks {
        let same = self.ink.is_some() && self.ink == self.behind;
        if self.placed && self.outside || self.flat && self.cut || same {
            self.looks.face.away = Some(true);
        }
        let moved = Shift::by_points(self.up);
        if self.relative && moved != Shift::None {
            self.looks.face.shift = Some(moved);
        }
        // A hidden column of a page saved by Excel.
        if self.column && self.looks.gone == Some(true) {
            self.looks.collapsed = Some(true);
        }
        self.looks
    }
}

/// Whether the text of an element is overridden to run from right to left.
pub(super) fn is_turned(element: &Element) -> bool {
    let rtl = || element.attr("dir").is_some_and(|way| way.eq_ignore_ascii_case("rtl"));
    (element.name() == "bdo" && rtl())
        || element.attr("style").is_some_and(|style| {
            let is_bidi = style.bytes().any(|byte| byte.is_ascii_uppercase()) || style.contains("bidi-override");
            let style = if is_bidi { style.to_ascii_lowercase() } else { return false };
            style.contains("bidi-override") && (style.contains("rtl") || rtl())
        })
}

/// Style that follows from the name and attributes of an element, except for its `style` attribute.
pub(super) fn of_element(element: &Element) -> Looks {
    let mut looks = Looks::default();
    let face = &mut looks.face;
    match element.name() {
        "s" | "strike" | "del" => face.struck = Some(true),
        "sup" => face.shift = Some(Shift::Raised),
        "sub" => face.shift = Some(Shift::Lowered),
        "a" if element.attr("href").is_some_and(is_note) => face.shift = Some(Shift::Raised),
        "font" => {
            if let Some(colour) = element.attr("color").and_then(colour) {
                match colour {
                    Ink::Rgb(colour) => face.set_ink(colour),
                    Ink::Clear => face.pale = Some(true),
                }
            }
        }
        "table" | "tr" | "td" | "th" | "tbody" | "thead" | "tfoot" | "body" => {
            if element.attr("background").is_some() {
                face.paper = Some(Paper::Coloured);
            } else if let Some(colour) = element.attr("bgcolor") {
                let colour = colour.to_ascii_lowercase();
                face.paper = Some(paper(&colour).unwrap_or(Paper::Coloured));
                if let Some(Ink::Rgb(colour)) = self::colour(&colour) {
                    face.ground = Some(Colour::Is(colour));
                }
            }
        }
        "mark" => face.paper = Some(Paper::Coloured),
        _ => {}
    }
    // A popover is shown by a script alone.
    if element.attr("hidden").is_some() || element.attr("popover").is_some() {
        looks.gone = Some(true);
    }
    looks
}

/// Whether a link refers to a footnote of the page, so that its text is a note mark.
fn is_note(href: &str) -> bool {
    let Some(to) = href.strip_prefix('#') else { return false };
    let name = to.trim_start_matches('_').trim_end_matches(|end: char| end.is_ascii_digit() || "-_:".contains(end));
    ["fn", "ftn", "ftnref", "fnref", "edn", "footnote", "note", "cite", "cite_note"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(name))
}

/// A text colour.
enum Ink {
    Rgb([u8; 3]),
    /// Transparent.
    Clear,
}

fn colour(value: &str) -> Option<Ink> {
    let value = value.trim().to_ascii_lowercase();
    if value == "transparent" {
        return Some(Ink::Clear);
    }
    if matches!(value.as_str(), "white" | "snow" | "background" | "window") {
        return Some(Ink::Rgb([0xFF; 3]));
    }
    if is_white_hsl(&value) {
        return Some(Ink::Rgb([0xFF; 3]));
    }
    if let Some(inside) = value.strip_prefix("rgba(").or_else(|| value.strip_prefix("rgb(")) {
        let numbers: Vec<f64> = inside
            .trim_end_matches(')')
            .split([',', '/', ' '])
            .filter(|number| !number.is_empty())
            .map_while(|number| match number.strip_suffix('%') {
                Some(percent) => percent.parse::<f64>().ok().map(|percent| percent * 2.55),
                None => number.parse().ok(),
            })
            .collect();
        if numbers.get(3).is_some_and(|&alpha| alpha < 0.05) {
            return Some(Ink::Clear);
        }
        let channel = |index: usize| {
            let number = *numbers.get(index)?;
            (0..=u8::MAX).rev().find(|&channel| f64::from(channel) <= number.max(0.0))
        };
        return Some(Ink::Rgb([channel(0)?, channel(1)?, channel(2)?]));
    }
    // The fourth channel is the opacity.
    let clear = value.strip_prefix('#').filter(|digits| digits.is_ascii()).is_some_and(|digits| match digits.len() {
        4 => digits.ends_with('0'),
        8 => digits.ends_with("00"),
        _ => false,
    });
    if clear {
        return Some(Ink::Clear);
    }
    let value = match value.len() {
        5 | 9 if value.starts_with('#') => value.get(..value.len() - value.len() / 4).unwrap_or(&value).to_owned(),
        _ => value,
    };
    let short = value.strip_prefix('#').filter(|digits| digits.len() == 3 && digits.is_ascii());
    let long: Option<String> = short.map(|digits| digits.chars().flat_map(|digit| [digit, digit]).collect());
    rgb(long.as_deref().unwrap_or(&value)).filter(|_| value.starts_with('#') || value.len() == 6).map(Ink::Rgb)
}

/// Whether `hsl()` is white: a lightness of 100 %.
fn is_white_hsl(value: &str) -> bool {
    let inside = value.strip_prefix("hsl(").or_else(|| value.strip_prefix("hsla("));
    let lightness = inside.and_then(|inside| {
        inside.trim_end_matches(')').split([',', ' ', '/']).filter(|part| !part.is_empty()).nth(2)?.strip_suffix('%')
    });
    lightness.and_then(|lightness| lightness.parse::<f64>().ok()).is_some_and(|lightness| lightness >= WHITE)
}

/// Lightness in percent from which a colour is white.
const WHITE: f64 = 98.0;

/// The paper of a background; `None` if it is transparent.
fn paper(value: &str) -> Option<Paper> {
    if value.contains("url(") || value.contains("gradient") {
        return Some(Paper::Coloured);
    }
    let first = if value.starts_with("rgb") { value } else { value.split_ascii_whitespace().next()? };
    match colour(first) {
        Some(Ink::Rgb(colour)) => Some(Paper::from_rgb(colour)),
        Some(Ink::Clear) => None,
        None if matches!(first, "none" | "inherit" | "initial" | "unset") => None,
        None => Some(Paper::Coloured),
    }
}

/// A relative font size is ignored, unless it is a tenth or less.
fn size(value: &str, face: &mut Change) {
    let relative = value.strip_suffix('%').map(|percent| (percent, 100.0));
    let relative = relative.or_else(|| {
        value.strip_suffix("rem").is_none().then(|| value.strip_suffix("em")).flatten().map(|em| (em, 1.0))
    });
    if let Some((number, whole)) = relative {
        if number.trim().parse::<f64>().is_ok_and(|number| number <= whole / 10.0) {
            face.tiny = Some(true);
        }
    } else if let Some(points) = points(value) {
        face.points(points);
    } else if value != "inherit" {
        face.tiny = Some(false);
    }
}

fn is_outside(value: &str) -> bool {
    let far = |points: f64| points / 0.75 <= OUTSIDE;
    points(value).is_some_and(far)
        || ["%", "em", "rem", "vw"].iter().any(|unit| {
            value.strip_suffix(unit).and_then(|number| number.parse::<f64>().ok()).is_some_and(|number| number <= -99.0)
        })
}

/// Whether a transformation makes text flat, or moves it outside of the page.
fn is_transformed_away(name: &str, value: &str) -> bool {
    let functions = value.split(')').filter_map(|function| function.split_once('('));
    let is_away = |name: &str, arguments: &str| {
        let mut arguments = arguments.split([',', ' ']).map(str::trim).filter(|argument| !argument.is_empty());
        match name.trim() {
            "scale" | "scalex" | "scaley" => {
                arguments.any(|argument| part(argument).is_some_and(|scale| scale.abs() < 0.01))
            }
            "translate" | "translatex" | "translatey" => arguments.any(is_outside),
            _ => false,
        }
    };
    if name == "transform" {
        functions.into_iter().any(|(name, inside)| is_away(name, inside))
    } else {
        is_away(name, value)
    }
}

/// Whether a clip path hides the whole element: an inset of half from both sides, or a circle without a radius.
fn is_clipped(value: &str) -> bool {
    let inside = |name: &str| value.strip_prefix(name)?.strip_prefix('(')?.split([')', ' ']).next();
    inside("inset").and_then(|inset| inset.strip_suffix('%')?.parse::<f64>().ok()).is_some_and(|inset| inset >= 50.0)
        || inside("circle").is_some_and(|radius| matches!(radius, "0" | "0%" | "0px"))
}

/// Whether a component of `font` is a weight.
fn is_weight(part: &str) -> bool {
    part.len() == 3 && part.ends_with("00")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::shared::marks::Face;

    fn is_left_out(text: &str) -> bool {
        let looks = declarations(text).0;
        looks.gone == Some(true) || looks.face.apply(Face::default()).left_out(Paper::default).is_some()
    }

    #[test]
    fn declarations_that_hide_and_others() {
        for text in [
            "display:none",
            "DISPLAY : NONE;",
            "visibility:hidden",
            "visibility: collapse",
            "font-size:0",
            "font-size:1px",
            "font-size:1pt",
            "font:0/0 a",
            "color:#fff",
            "color:#FFFFFF",
            "color: white",
            "color:rgb(255, 255, 255)",
            "color:transparent",
            "color:rgba(0,0,0,0)",
            "opacity:0",
            "position:absolute;left:-9999px",
            "left:-9999px;position:fixed",
            "text-indent:-999em",
            "height:0;overflow:hidden",
            "text-decoration:line-through",
            "text-decoration: underline line-through red",
            "mso-hide:all",
            "color:hsl(0,0%,100%)",
            "font:1px/1 a",
            "font:bold 0/0 a",
            "clip-path:inset(50%)",
            "content-visibility:hidden",
            "filter:opacity(0)",
            "opacity:0%",
            "color:#fff0",
            "color:#00000000",
            "color:#ffffffcc",
            "color:#fffc",
            "transform: scaleX(0)",
            "transform:rotate(1deg) scale(0, 0)",
            "scale:0",
            "transform:translateX(-9999px)",
            "width:0;overflow:clip",
            "color:#1f4e79;background-color:#1f4e79",
            "-webkit-text-fill-color:transparent",
        ] {
            assert!(is_left_out(text), "{text}");
        }
        for text in [
            "display:block",
            "color:#fff;background:#0070c0",
            "background-color:navy;color:white",
            "font-size:12px",
            "font-size:90%",
            "font-size:1.2em",
            "font-size:small",
            "color:#333",
            "opacity:0.5",
            "left:-9999px",
            "text-indent:2em",
            "text-indent:-21pt",
            "margin-left:-10px",
            "height:0",
            "text-decoration:none",
            "vertical-align:middle",
            "color:white;background:url(a.png)",
            "color:hsl(210,50%,40%)",
            "font:400 12px/1.5 a",
            "font:bold 1.2em a",
            "clip-path:inset(5% 0 0 0)",
            "filter:opacity(0.5)",
            "opacity:50%",
            "color:#1f4e79ff",
            "transform:scale(1.5)",
            "transform:translate(-50%, -50%)",
        ] {
            assert!(!is_left_out(text), "{text}");
        }
    }

    #[test]
    fn raised_text_and_important_declarations() {
        let shift = |text| declarations(text).0.face.shift;
        assert_eq!(shift("vertical-align: super"), Some(Shift::Raised));
        assert_eq!(shift("vertical-align:sub"), Some(Shift::Lowered));
        assert_eq!(shift("vertical-align:5px"), Some(Shift::Raised));
        assert_eq!(shift("vertical-align:.4em"), Some(Shift::Raised));
        assert_eq!(shift("vertical-align:-30%"), Some(Shift::Lowered));
        assert_eq!(shift("vertical-align:0"), Some(Shift::None));
        assert_eq!(shift("vertical-align:middle"), Some(Shift::None));
        assert_eq!(shift("position:relative;top:-5px"), Some(Shift::Raised));
        assert_eq!(shift("position:relative;top:-.4em"), Some(Shift::Raised));
        assert_eq!(shift("position:relative;top:1px"), None);
        assert_eq!(shift("position:relative;top:-3.0pt;mso-text-raise:3.0pt"), Some(Shift::Raised));
        let (plain, important) = declarations("display:none !important;color:red");
        assert_eq!((plain.gone, important.gone), (None, Some(true)));
    }
}
