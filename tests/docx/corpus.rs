//! The Word files of `tests/corpus`: three tables each, of the official shapes.

use std::path::{Path, PathBuf};

use nianbao::document::Grid;

use super::make::{grids, paragraphs, read};

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|suffix| suffix == "docx")).collect();
    files.sort();
    assert!(files.len() >= 3, "{files:?}");
    files
}

#[test]
fn three_grids_of_the_official_shapes() {
    for path in files() {
        let bytes = std::fs::read(&path).unwrap();
        let (document, findings) = read(&bytes).unwrap();
        let all = grids(&document);
        let shape = |grid: &&Grid| (grid.rows(), grid.columns());
        let found: Vec<_> = all.iter().map(shape).collect();
        println!("{}: {found:?} {} paragraphs, {findings:?}", path.display(), paragraphs(&document).len());
        let [two, three, four] = found[..] else { panic!("{}: {found:?}", path.display()) };
        assert!(matches!(two, (14, 4) | (18, 4 | 5)), "{}: {two:?}", path.display());
        assert!(matches!(three, (28 | 26, 10)), "{}: {three:?}", path.display());
        assert_eq!(four, (4, 15), "{}", path.display());
        let full = |grid: &Grid| {
            (0..grid.rows()).all(|row| (0..grid.columns()).all(|column| grid.cell_at(row, column).is_some()))
        };
        assert!(all.iter().all(|grid| full(grid)), "{}", path.display());
    }
}

#[test]
fn every_span_of_a_real_file_is_an_element() {
    for path in files() {
        let bytes = std::fs::read(&path).unwrap();
        let (document, _) = read(&bytes).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&bytes[..])).unwrap();
        let mut main = String::new();
        std::io::Read::read_to_string(&mut archive.by_name("word/document.xml").unwrap(), &mut main).unwrap();
        let cut = |span: Option<(u32, u32)>| span.map(|(start, end)| &main[start as usize..end as usize]).unwrap();
        for cell in grids(&document).iter().flat_map(|grid| grid.cells()) {
            let written = cut(cell.place.span);
            assert!(written.starts_with("<w:tc") && written.ends_with("</w:tc>"), "{}: {written}", path.display());
        }
        for paragraph in
            paragraphs(&document).iter().filter(|found| found.place.part.as_deref() == Some("word/document.xml"))
        {
            let written = cut(paragraph.place.span);
            assert!(written.starts_with("<w:p") && written.ends_with("</w:p>"), "{}: {written}", path.display());
        }
    }
}
