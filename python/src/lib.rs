//! The Python module `nianbao._nianbao`: nianbao's library as Python sees it. Names and types are in `python/nianbao/_nianbao.pyi`.

mod columns;
mod convert;
mod engine;
mod error;
mod fill;
mod finding;
mod forms;
mod pdf;
mod place;
mod read;
mod report;
mod rollup;
mod value;
mod wait;

use pyo3::prelude::*;

/// The compiled part of the package nianbao.
#[pymodule(gil_used = false)]
fn _nianbao(module: &Bound<'_, PyModule>) -> PyResult<()> {
    nianbao::batch::keep_panics_quiet();
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<report::Report>()?;
    module.add_class::<report::Section>()?;
    module.add_class::<value::Value>()?;
    module.add_class::<place::Place>()?;
    module.add_class::<finding::Finding>()?;
    module.add_class::<finding::Culprit>()?;
    module.add_class::<read::FileResult>()?;
    module.add_class::<read::Files>()?;
    module.add_class::<convert::ConvertedFile>()?;
    module.add_class::<convert::Converted>()?;
    module.add_class::<fill::Template>()?;
    module.add_class::<rollup::Rollup>()?;
    module.add_class::<forms::Form>()?;
    module.add_class::<forms::Field>()?;
    module.add_function(wrap_pyfunction!(read::read, module)?)?;
    module.add_function(wrap_pyfunction!(read::read_all, module)?)?;
    module.add_function(wrap_pyfunction!(read::read_many, module)?)?;
    module.add_function(wrap_pyfunction!(read::iter_many, module)?)?;
    module.add_function(wrap_pyfunction!(read::check, module)?)?;
    module.add_function(wrap_pyfunction!(convert::convert, module)?)?;
    module.add_function(wrap_pyfunction!(fill::fill, module)?)?;
    module.add_function(wrap_pyfunction!(rollup::rollup, module)?)?;
    module.add_function(wrap_pyfunction!(columns::columns, module)?)?;
    module.add_function(wrap_pyfunction!(columns::findings_columns, module)?)?;
    module.add_function(wrap_pyfunction!(forms::forms, module)?)?;
    module.add_function(wrap_pyfunction!(forms::explain, module)?)
}
