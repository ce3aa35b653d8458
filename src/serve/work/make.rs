//! Makes files of a report: the formats of `convert`, the annotated or revised copy, the letter.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::batch::{Content, Loader, Maker, Pipeline, guarded, safe_name, write_whole};
use crate::finding::{Bilingual, Message, system};
use crate::form::Forms;
use crate::write::pdf::PdfWriter;
use crate::write::{Output, WRITERS};

use super::desk::{Desk, corrections, input};
use super::{Answer, Which};

/// The kinds of files made of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::serve) enum OutputKind {
    /// A format by its index in [`WRITERS`].
    Format(usize),
    /// PDF, which needs fonts.
    Pdf,
    /// The uploaded file with a comment at the place of every finding.
    Annotated,
    /// The uploaded file with the corrections as tracked changes.
    Revised,
    /// The letter to the sender.
    Letter,
    /// The uploaded file itself.
    Original,
}

impl OutputKind {
    /// Parses a kind from its name in a URL.
    pub(in crate::serve) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "pdf" => Self::Pdf,
            "annotated" => Self::Annotated,
            "revised" => Self::Revised,
            "letter" => Self::Letter,
            "original" => Self::Original,
            suffix => Self::Format(WRITERS.iter().position(|writer| writer.output.suffix() == suffix)?),
        })
    }
}

/// A finished file with its name.
pub(super) struct Done {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

/// Name of the text file in an archive that lists the files that could not be made.
const LEFT: &str = "没有生成的文件.txt";

/// Writer of a zip archive; adds a number to a file name that is already used.
pub(super) struct Archive {
    zip: ZipWriter<BufWriter<File>>,
    given: HashSet<String>,
}

impl Archive {
    pub(super) fn create(path: &Path) -> Result<Self, Message> {
        let file = File::create(path).map_err(|error| system(&error))?;
        Ok(Self { zip: ZipWriter::new(BufWriter::new(file)), given: HashSet::new() })
    }

    pub(super) fn put(&mut self, done: &Done) -> Result<(), Message> {
        let mut name = done.name.clone();
        let mut number = 1;
        while !self.given.insert(name.clone()) {
            number += 1;
            let (stem, suffix) = done.name.rsplit_once('.').unwrap_or((&done.name, ""));
            name = format!("{stem}({number}).{suffix}");
        }
        let started = self.zip.start_file(name, SimpleFileOptions::default()).map_err(io::Error::from);
        started.and_then(|()| self.zip.write_all(&done.bytes)).map_err(|error| system(&error))
    }

    pub(super) fn finish(self) -> Result<(), Message> {
        let flushed = self.zip.finish().map_err(io::Error::from).and_then(|mut file| file.flush());
        flushed.map_err(|error| system(&error))
    }
}

impl Desk<'_> {
    /// Makes a file and writes it to `out`. `wanted`: whether in Chinese, and the ids of the findings.
    pub(super) fn make(&mut self, which: &Which, kind: OutputKind, wanted: (bool, &[String]), out: &Path) -> Answer {
        match self.make_output(which, kind, wanted) {
            Ok(done) => put(&done, out),
            Err(message) => Answer::No(message),
        }
    }

    /// Makes many files in one archive; those that cannot be made are listed in a text file in it.
    pub(super) fn bundle(&mut self, files: &[(Which, Vec<OutputKind>)], chinese: bool, out: &Path) -> Answer {
        let mut packed = || -> Result<(), Message> {
            let mut archive = Archive::create(out)?;
            let mut left = String::new();
            for (which, kinds) in files {
                for kind in kinds {
                    match self.make_output(which, *kind, (chinese, &[])) {
                        Ok(done) => archive.put(&done)?,
                        Err(message) => left.push_str(&format!("{}：{}\r\n", which.file.name, message.zh)),
                    }
                }
            }
            if !left.is_empty() {
                archive.put(&Done { name: LEFT.to_owned(), bytes: format!("\u{feff}{left}").into_bytes() })?;
            }
            archive.finish()
        };
        match packed() {
            Ok(()) => Answer::Made { name: "年报.zip".to_owned() },
            Err(message) => Answer::No(message),
        }
    }

    fn make_output(
        &mut self,
        which: &Which,
        kind: OutputKind,
        (chinese, ids): (bool, &[String]),
    ) -> Result<Done, Message> {
        match kind {
            OutputKind::Format(number) => self.written(which, WRITERS.get(number).map(|writer| writer.output)),
            OutputKind::Pdf => self.written(which, Some(Output::Pdf)),
            OutputKind::Original => {
                let bytes = Loader::default().bytes(&input(&which.file)).map_err(|finding| finding.message)?;
                let (stem, suffix) = which.file.name.rsplit_once('.').unwrap_or((&which.file.name, "bin"));
                Ok(Done { name: format!("{}.{}", safe_name(stem), safe_name(suffix)), bytes })
            }
            OutputKind::Annotated | OutputKind::Revised | OutputKind::Letter => self.notice(which, kind, chinese, ids),
        }
    }

    /// A report in a format, written as by `convert`.
    fn written(&mut self, which: &Which, output: Option<Output>) -> Result<Done, Message> {
        let output = output.ok_or_else(|| Message::new("没有这种格式。", "no such format"))?;
        let corrections = corrections(&which.file);
        let pipeline = Pipeline::new(&self.shelf.forms, self.form()).correcting(Some(&corrections));
        let site = self.site();
        let template = self.shelf.template.as_ref().filter(|template| template.output() == output);
        let to = [output];
        let pdf = (output == Output::Pdf).then(|| crate::batch::fonts(self.settings.path("fonts").as_deref()));
        let pdf = pdf.transpose().map_err(|error| error.message())?.map(PdfWriter::new);
        let maker = Maker {
            pipeline: &pipeline,
            to: &to,
            template,
            site: site.as_ref(),
            pdf: pdf.as_ref(),
            anywhere: true,
            as_written: false,
        };
        let file = input(&which.file);
        let product = guarded(|| {
            let bytes = Loader::default().bytes(&file)?;
            maker.make(&file, &Content::from_bytes(&bytes))
        });
        let product = product.map_err(|finding| finding.message)?.into_iter().nth(which.report);
        let product = product.ok_or_else(super::examine::none)?;
        let name = format!("{}.{}", product.name, output.suffix());
        let made = product.outputs.into_iter().next().ok_or_else(super::examine::none)?;
        Ok(Done { name, bytes: made.1.map_err(|finding| finding.message)? })
    }

    /// Makes a blank form and writes it to `out`.
    pub(super) fn blank(&self, form: &str, suffix: &str, out: &Path) -> Answer {
        match blank(&self.shelf.forms, form, suffix) {
            Ok(done) => put(&done, out),
            Err(message) => Answer::No(message),
        }
    }
}

fn blank(forms: &Forms, id: &str, suffix: &str) -> Result<Done, Message> {
    let none = || Message::new("没有这种空白表。", "there is no such blank form");
    let form = forms.get(id).ok_or_else(none)?;
    let writer = WRITERS.iter().find(|writer| writer.output.suffix() == suffix).ok_or_else(none)?;
    let (form, report) = crate::write::blank(form);
    let bytes = writer.write(&form, &report).map_err(|error| error.message())?;
    Ok(Done { name: format!("{}.{suffix}", safe_name(&form.name.zh)), bytes })
}

fn put(done: &Done, out: &Path) -> Answer {
    let (folder, name) =
        (out.parent().unwrap_or(Path::new(".")), out.file_name().unwrap_or_default().to_string_lossy());
    match write_whole(folder, &name, &done.bytes) {
        Ok(()) => Answer::Made { name: done.name.clone() },
        Err(error) => Answer::No(system(&error)),
    }
}
