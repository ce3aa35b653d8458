//! State of a group: formatting, code page and destination.

use super::charset::Charset;
use super::tables::Shading;
use crate::read::shared::marks::{Face, Paper};

/// The destination of a group's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Dest {
    /// Text of the open story: the body, a note, a header or a text box.
    #[default]
    Story,
    /// Skipped.
    Skip,
    /// `\fonttbl`
    Fonts,
    /// `\colortbl`
    Colours,
    /// `\stylesheet`
    Styles,
    /// `\listtext`, `\pntext`: the label of the paragraph.
    Label,
    /// A field of `\info`.
    Info(Info),
    /// `\pict`
    Picture,
    /// `\nesttableprops`: the definition of a nested row.
    NestedRow,
    /// `\fldinst`
    Instruction,
    /// `\formfield`
    Form,
    /// `\ffl`
    Choice,
    /// `\shp`, `\shpinst`: only `\shptxt` in it is text.
    Shape,
    /// `\sn`: the name of a property of the shape.
    ShapeProperty,
}

/// A field of `\info`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Info {
    /// The group itself, or a field that is not read.
    Other,
    /// `\title`
    Title,
    /// `\author`
    Author,
    /// `\subject`
    Subject,
    /// `\company`
    Company,
    /// `\creatim`
    Created,
    /// `\revtim`
    Revised,
}

/// The kind of story that begins with a group and ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opens {
    /// None: the group is part of the enclosing story.
    Nothing,
    /// A footnote, endnote, header or footer, added at the end of the document.
    Aside,
    /// A text box, inserted at its anchor.
    TextBox,
    /// A picture.
    Picture,
    /// A field.
    Field,
}

/// A field that is open.
#[derive(Debug, Default)]
pub(super) struct Field {
    pub(super) code: String,
    /// How its instruction looks.
    pub(super) face: Face,
    pub(super) choices: Vec<String>,
    pub(super) result: Option<i32>,
    pub(super) default: i32,
    /// Pieces of text shown before it.
    pub(super) shown_before: u64,
}

/// Properties of a group; `{` copies them, `}` restores the previous ones.
#[derive(Debug, Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each is a control word of its own")]
pub(super) struct Group {
    /// Destination of the text.
    pub(super) dest: Dest,
    /// Destination before `\upr`, restored for its `\ud` variant.
    pub(super) before_upr: Dest,
    /// The story that began with this group.
    pub(super) opens: Opens,
    /// Whether `\*` has been read, so that the next control word is a destination.
    pub(super) starred: bool,
    /// Number of characters to skip after `\u`.
    pub(super) uc: u32,
    /// Character set of the font.
    pub(super) charset: Charset,
    /// Formatting of the text.
    pub(super) face: Face,
    /// `\cbpatN` and the pattern over it.
    pub(super) paragraph_shading: Shading,
    /// `\chcbpatN` and the pattern over it.
    pub(super) text_shading: Shading,
    /// `\deleted`
    pub(super) deleted: bool,
    /// `\intbl`
    pub(super) in_table: bool,
    /// `\itapN`
    pub(super) nesting: u16,
    /// `\sN`
    pub(super) style: u16,
    /// `\outlinelevelN`, 0 = highest.
    pub(super) outline: Option<u8>,
}

impl Default for Group {
    fn default() -> Self {
        Self {
            dest: Dest::Story,
            before_upr: Dest::Skip,
            opens: Opens::Nothing,
            starred: false,
            uc: 1,
            charset: Charset::Default,
            face: Face::default(),
            paragraph_shading: Shading::default(),
            text_shading: Shading::default(),
            deleted: false,
            in_table: false,
            nesting: 0,
            style: 0,
            outline: None,
        }
    }
}

impl Group {
    /// `\pard`
    pub(super) fn reset_paragraph(&mut self) {
        self.paragraph_shading = Shading::default();
        (self.face.paper, self.face.ground) = (Paper::Unsaid, None);
        self.in_table = false;
        self.nesting = 0;
        self.style = 0;
        self.outline = None;
    }

    /// Nesting depth in tables.
    pub(super) fn depth(&self) -> usize {
        usize::from(self.nesting.max(u16::from(self.in_table)))
    }

    /// Whether the text is visible.
    pub(super) fn is_shown(&self) -> bool {
        !self.face.hidden && !self.deleted
    }
}
