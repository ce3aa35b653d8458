"""nianbao (年报): reads Chinese agencies' annual reports into one typed model, checks, fills and adds them up.

>>> import nianbao
>>> report = nianbao.read("samples/word-97.doc")
>>> report.agency, report.year
('石岭市人民政府', 2022)
>>> report["disclosure.normative_documents.issued"].value
Decimal('4')
"""

from . import errors
from ._nianbao import (
    Converted,
    ConvertedFile,
    Culprit,
    Field,
    FileResult,
    Files,
    Finding,
    Form,
    Place,
    Report,
    Rollup,
    Section,
    Template,
    Value,
    __version__,
    check,
    columns,
    convert,
    explain,
    fill,
    findings_columns,
    forms,
    iter_many,
    read,
    read_all,
    read_many,
    rollup,
)
from .errors import InputError, NianbaoError, ReadError, SeveralReportsError

__all__ = [
    "Converted",
    "ConvertedFile",
    "Culprit",
    "Field",
    "FileResult",
    "Files",
    "Finding",
    "Form",
    "InputError",
    "NianbaoError",
    "Place",
    "ReadError",
    "Report",
    "Rollup",
    "Section",
    "SeveralReportsError",
    "Template",
    "Value",
    "__version__",
    "check",
    "columns",
    "convert",
    "errors",
    "explain",
    "fill",
    "findings_columns",
    "forms",
    "iter_many",
    "read",
    "read_all",
    "read_many",
    "rollup",
]
