//! Where a figure or a finding stands in its source.

use pyo3::prelude::*;

use nianbao::document::Place as Where;

/// Where something stands in its source file. Numbers count from 0; ``str()`` counts from 1, as people do.
///
/// >>> place = nianbao.read("samples/word-97.doc")["disclosure.normative_documents.issued"].place
/// >>> place.table, place.row, place.column
/// (0, 3, 1)
/// >>> str(place)
/// 'WordDocument#table1:r4c2'
#[pyclass(frozen, eq, hash, module = "nianbao")]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place(Where);

impl Place {
    pub(crate) fn of(place: Option<&Where>) -> Option<Self> {
        place.cloned().map(Self)
    }
}

#[pymethods]
impl Place {
    /// Part of a package, name of a sheet, or stream.
    #[getter]
    fn part(&self) -> Option<&str> {
        self.0.part.as_deref()
    }

    /// Number of the paragraph.
    #[getter]
    fn paragraph(&self) -> Option<u32> {
        self.0.paragraph
    }

    /// Number of the table.
    #[getter]
    fn table(&self) -> Option<u32> {
        self.0.table
    }

    /// Row of the table or sheet.
    #[getter]
    fn row(&self) -> Option<u32> {
        self.0.row
    }

    /// Column of the table or sheet.
    #[getter]
    fn column(&self) -> Option<u32> {
        self.0.column
    }

    /// Line of a text file.
    #[getter]
    fn line(&self) -> Option<u32> {
        self.0.line
    }

    /// Page of a PDF or OFD file.
    #[getter]
    fn page(&self) -> Option<u32> {
        self.0.page
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Place {}>", self.0)
    }
}
