//! Chooses fonts of the official look from the installed ones, and maps characters to glyphs.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use krilla::text::Font;
use skrifa::instance::{Location, LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use thiserror::Error;

use super::face::{Face, plain};
use crate::finding::{Bilingual, Message};

/// Font roles (GB/T 9704-2012, 5.2 and 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The title: 小标宋.
    Title,
    /// Running text: 仿宋.
    Body,
    /// Headings of the first level: 黑体.
    Heading,
    /// Headings of the second level: 楷体.
    Subheading,
    /// Tables and page numbers: 宋体.
    Table,
}

const ROLES: usize = 5;

/// Font names for each role in order of preference, with the required weight.
const WANTED: [&[(&str, u16)]; ROLES] = [
    &[
        ("方正小标宋_GBK", 400),
        ("方正小标宋简体", 400),
        ("方正小标宋_GB18030", 400),
        ("FZXiaoBiaoSong-B05", 400),
        ("FZXiaoBiaoSong-B05S", 400),
        ("FZXBSJW--GB1-0", 400),
        ("FZXBSK--GBK1-0", 400),
        ("华文中宋", 400),
        ("STZhongsong", 400),
        ("Noto Serif CJK SC", 700),
        ("Noto Serif SC", 700),
        ("Source Han Serif SC", 700),
        ("Source Han Serif CN", 700),
        ("思源宋体", 700),
        ("思源宋体 CN", 700),
    ],
    &[
        ("仿宋_GB2312", 400),
        ("FangSong_GB2312", 400),
        ("仿宋", 400),
        ("FangSong", 400),
        ("SimFang", 400),
        ("方正仿宋_GBK", 400),
        ("方正仿宋简体", 400),
        ("FZFangSong-Z02", 400),
        ("FZFangSong-Z02S", 400),
        ("华文仿宋", 400),
        ("STFangsong", 400),
        ("朱雀仿宋", 400),
        ("Zhuque Fangsong (technical preview)", 400),
    ],
    &[
        ("黑体", 400),
        ("SimHei", 400),
        ("方正黑体_GBK", 400),
        ("方正黑体简体", 400),
        ("FZHei-B01", 400),
        ("FZHei-B01S", 400),
        ("华文黑体", 400),
        ("STHeiti", 400),
        ("Heiti SC", 400),
        ("PingFang SC", 400),
        ("微软雅黑", 400),
        ("Microsoft YaHei", 400),
        ("Noto Sans CJK SC", 400),
        ("Noto Sans SC", 400),
        ("Source Han Sans SC", 400),
        ("Source Han Sans CN", 400),
        ("思源黑体", 400),
        ("思源黑体 CN", 400),
        ("文泉驿正黑", 400),
        ("WenQuanYi Zen Hei", 400),
        ("WenQuanYi Micro Hei", 400),
    ],
    &[
        ("楷体_GB2312", 400),
        ("KaiTi_GB2312", 400),
        ("楷体", 400),
        ("KaiTi", 400),
        ("SimKai", 400),
        ("方正楷体_GBK", 400),
        ("方正楷体简体", 400),
        ("FZKai-Z03", 400),
        ("FZKai-Z03S", 400),
        ("华文楷体", 400),
        ("STKaiti", 400),
        ("Kaiti SC", 400),
        ("霞鹜文楷", 400),
        ("LXGW WenKai", 400),
        ("LXGW WenKai GB", 400),
        ("AR PL UKai CN", 400),
    ],
    &[
        ("宋体", 400),
        ("SimSun", 400),
        ("新宋体", 400),
        ("NSimSun", 400),
        ("方正书宋_GBK", 400),
        ("方正书宋简体", 400),
        ("FZShuSong-Z01", 400),
        ("FZShuSong-Z01S", 400),
        ("华文宋体", 400),
        ("STSong", 400),
        ("Songti SC", 400),
    ],
];

/// Fallback fonts for every role and for missing characters.
const STAND_IN: &[(&str, u16)] = &[
    ("Noto Serif CJK SC", 400),
    ("Noto Serif SC", 400),
    ("Source Han Serif SC", 400),
    ("Source Han Serif CN", 400),
    ("思源宋体", 400),
    ("思源宋体 CN", 400),
    ("宋体", 400),
    ("SimSun", 400),
    ("Songti SC", 400),
    ("STSong", 400),
    ("AR PL UMing CN", 400),
    ("Noto Sans CJK SC", 400),
    ("Noto Sans SC", 400),
    ("Source Han Sans SC", 400),
    ("文泉驿正黑", 400),
    ("WenQuanYi Zen Hei", 400),
    ("WenQuanYi Micro Hei", 400),
    ("Droid Sans Fallback", 400),
];

/// Fonts with rare characters: rare 汉字, and ticked boxes, which Noto CJK lacks.
const RARE: &[(&str, u16)] = &[
    ("SimSun-ExtB", 400),
    ("宋体-ExtB", 400),
    ("Noto Sans CJK SC", 400),
    ("Segoe UI Symbol", 400),
    ("Noto Sans Symbols", 400),
    ("Noto Sans Symbols2", 400),
    ("DejaVu Sans", 400),
    ("OpenSymbol", 400),
];

/// Characters that every font must have.
const TRIED: &str = "年政府信息公开工作报告，。（）—一0123456789";

/// An available face of a font file.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Path of the file.
    pub path: PathBuf,
    /// The face.
    pub face: Face,
}

/// The error that no available font has Chinese characters.
#[derive(Debug, Error)]
#[error("{}", self.message().en)]
pub struct NoFonts;

impl Bilingual for NoFonts {
    fn message(&self) -> Message {
        Message::new(
            "没有找到中文字体，不能生成 PDF。请安装仿宋、黑体、楷体、宋体（Windows、WPS 自带）和方正小标宋，或安装思源字体（Debian、Ubuntu：\
             apt install fonts-noto-cjk）；字体不在系统文件夹中的，用 --fonts 指定所在文件夹。",
            "no Chinese font was found, so no PDF can be written: install 仿宋, 黑体, 楷体, 宋体 (they come with Windows and WPS) and 方正小标宋, \
             or Noto CJK (Debian, Ubuntu: apt install fonts-noto-cjk); --fonts names a folder of fonts elsewhere",
        )
    }
}

/// A loaded font.
struct Loaded {
    font: Font,
    data: Arc<Vec<u8>>,
    index: u32,
    /// The weight of a variable font.
    location: Location,
    name: String,
}

/// The fonts used for reports.
pub struct Fonts {
    loaded: Vec<Loaded>,
    /// For each role, the indices of the fonts in which a character is looked up, in order.
    chains: [Vec<usize>; ROLES],
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

impl Fonts {
    /// Chooses for each role the first font in order of preference that can be read and has Chinese characters.
    ///
    /// # Errors
    /// [`NoFonts`] if there is none.
    pub fn choose(
        candidates: &[Candidate],
        read: &mut dyn FnMut(&Path) -> io::Result<Vec<u8>>,
    ) -> Result<Self, NoFonts> {
        let mut library = Library { candidates, read, files: Vec::new(), loaded: Vec::new(), known: Vec::new() };
        let stand_in = library.first(STAND_IN, true);
        let rare: Vec<usize> = RARE.iter().filter_map(|wanted| library.first(&[*wanted], false)).collect();
        let chosen = WANTED.map(|wanted| library.first(wanted, true));
        if stand_in.is_none() && chosen.iter().all(Option::is_none) {
            return Err(NoFonts);
        }
        let chains = chosen.map(|own| {
            let mut chain: Vec<usize> = Vec::new();
            for font in own.into_iter().chain(stand_in).chain(chosen.into_iter().flatten()).chain(rare.iter().copied())
            {
                if !chain.contains(&font) {
                    chain.push(font);
                }
            }
            chain
        });
        Ok(Self { loaded: library.loaded, chains })
    }

    /// Names and file digests of the fonts, for the cache key of an output.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let digest = |loaded: &Loaded| xxhash_rust::xxh3::xxh3_128(&loaded.data);
        self.loaded.iter().map(move |loaded| format!("{} {:032x}", loaded.name, digest(loaded)))
    }

    /// The font with an index.
    pub(super) fn font(&self, number: usize) -> Font {
        self.loaded[number].font.clone()
    }

    /// The fonts, prepared for glyph lookups.
    pub(super) fn open(&self) -> Glyphs<'_> {
        let opened = self.loaded.iter().map(|loaded| {
            let font = FontRef::from_index(&loaded.data, loaded.index).ok()?;
            let location = LocationRef::from(&loaded.location);
            let metrics = font.glyph_metrics(Size::unscaled(), location);
            let units = f32::from(font.metrics(Size::unscaled(), location).units_per_em.max(1));
            Some((font, metrics, units))
        });
        Glyphs { opened: opened.collect(), chains: &self.chains }
    }
}

/// Loads each file and face once.
struct Library<'a> {
    candidates: &'a [Candidate],
    read: &'a mut dyn FnMut(&Path) -> io::Result<Vec<u8>>,
    files: Vec<(&'a Path, Option<Arc<Vec<u8>>>)>,
    loaded: Vec<Loaded>,
    /// Results for candidates and weights that were tried.
    known: Vec<((usize, u16), Option<usize>)>,
}

impl Library<'_> {
    fn first(&mut self, wanted: &[(&str, u16)], chinese: bool) -> Option<usize> {
        for &(name, weight) in wanted {
            let name = plain(name);
            let fits =
                |candidate: &(usize, &Candidate)| candidate.1.face.embeddable && candidate.1.face.names.contains(&name);
            let candidates = self.candidates;
            let mut found: Vec<(usize, &Candidate)> = candidates.iter().enumerate().filter(fits).collect();
            // Faces of a family, nearest weight first.
            found.sort_by_key(
                |(_, candidate)| {
                    if candidate.face.variable { 0 } else { candidate.face.weight.abs_diff(weight) }
                },
            );
            if let Some(loaded) = found.into_iter().find_map(|(number, _)| self.load(number, weight, chinese)) {
                return Some(loaded);
            }
        }
        None
    }

    fn load(&mut self, number: usize, weight: u16, chinese: bool) -> Option<usize> {
        let key = (number, if self.candidates[number].face.variable { weight } else { 0 });
        if let Some((_, loaded)) = self.known.iter().find(|(known, _)| *known == key) {
            return *loaded;
        }
        let loaded = self.try_load(number, weight, chinese).map(|loaded| {
            self.loaded.push(loaded);
            self.loaded.len() - 1
        });
        self.known.push((key, loaded));
        loaded
    }

    fn try_load(&mut self, number: usize, weight: u16, chinese: bool) -> Option<Loaded> {
        let Candidate { path, face } = &self.candidates[number];
        let known = self.files.iter().find(|(known, _)| known == path).map(|(_, data)| data.clone());
        let data = if let Some(data) = known {
            data
        } else {
            let data = (self.read)(path).ok().map(Arc::new);
            self.files.push((path, data.clone()));
            data
        }?;
        let font = FontRef::from_index(&data, face.index).ok()?;
        let characters = font.charmap();
        if chinese && !TRIED.chars().all(|c| characters.map(c).is_some()) {
            return None;
        }
        let weights = [(krilla::text::Tag::new(b"wght"), f32::from(weight))];
        let coordinates = if face.variable { &weights[..] } else { &[] };
        let location = font.axes().location(coordinates.iter().map(|&(_, weight)| ("wght", weight)));
        let font = Font::new_variable(Arc::clone(&data).into(), face.index, coordinates)?;
        let name = face.names.first().cloned().unwrap_or_default();
        Some(Loaded { font, data, index: face.index, location, name })
    }
}

/// The fonts, prepared for glyph lookups.
pub(super) struct Glyphs<'f> {
    opened: Vec<Option<(FontRef<'f>, GlyphMetrics<'f>, f32)>>,
    chains: &'f [Vec<usize>; ROLES],
}

/// The glyph of a character.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    /// Index of the font.
    pub(super) font: usize,
    pub(super) id: u32,
    /// Advance width, as a fraction of the font size.
    pub(super) advance: f32,
}

impl Glyphs<'_> {
    /// The glyph of a character in the first font that has it.
    pub(super) fn glyph(&self, role: Role, character: char) -> Option<Glyph> {
        self.chains[role as usize].iter().find_map(|&number| {
            let (font, metrics, units) = self.opened.get(number)?.as_ref()?;
            let id: GlyphId = font.charmap().map(character).filter(|id| id.to_u32() != 0)?;
            Some(Glyph { font: number, id: id.to_u32(), advance: metrics.advance_width(id)? / units })
        })
    }
}
