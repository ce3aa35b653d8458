"""docs/python.md runs as it is printed, with sixty files, and other table libraries take the same columns with the right types."""

import contextlib
import io
import re
from pathlib import Path

import polars
import pyarrow  # type: ignore[import-untyped]
import pytest

import nianbao

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"```python\n(.*?)```\n(?:```text\n(.*?)```)?", re.DOTALL)


def folded(text: str) -> list[str]:
    """The lines without the blanks that pad them, for how wide a Han character is depends on the terminal."""
    return [" ".join(line.split()) for line in text.splitlines()]


def test_the_page_runs_as_it_is_printed(sixty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sixty)
    blocks = BLOCK.findall((ROOT / "docs" / "python.md").read_text(encoding="utf-8"))
    assert len(blocks) == 5
    names: dict[str, object] = {}
    for code, wanted in blocks:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(code, names)
        assert folded(out.getvalue()) == folded(wanted)
    picture = (sixty / "chart.png").read_bytes()
    assert picture.startswith(b"\x89PNG") and len(picture) > 10_000


def test_polars_and_pyarrow_take_the_columns(sixty: Path) -> None:
    table = nianbao.columns(nianbao.read_many([sixty / "reports"]))
    frame = polars.DataFrame(table)
    assert frame.schema["value"] == polars.Float64 and frame.schema["year"] == polars.Int64
    assert frame.height == 12_000 and frame["value"].null_count() == 1
    arrow = pyarrow.table(table)
    assert arrow.schema.field("value").type == pyarrow.float64()
    assert arrow.schema.field("raw").type == pyarrow.string()
    assert arrow.column("value").null_count == 1
    exact = pyarrow.table(nianbao.columns(nianbao.read_many([sixty / "reports"]), exact=True))
    assert pyarrow.types.is_decimal(exact.schema.field("value").type)


def test_a_wide_table_of_two_forms_has_the_fields_of_both() -> None:
    reports = [nianbao.read(ROOT / "samples" / name) for name in ("word-2019.docx", "word-2021.docx")]
    wide = nianbao.columns(reports, shape="wide")
    assert {len(column) for column in wide.values()} == {2}
    own = [set(report) for report in reports]
    assert own[0] | own[1] == set(wide) - {"path", "report", "form", "agency", "year"}
    for field in own[1] - own[0]:
        assert wide[field][0] is None
