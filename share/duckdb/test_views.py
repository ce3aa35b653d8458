"""The views hold what the program wrote, with the right types, for DuckDB and for pandas; run by scripts/test-python."""

import json
import os
import re
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest

import nianbao

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COUNTY = ROOT / "samples" / "county"
FIELD = "requests.received.total"
HEADING = "代码,单位名称,上级,层级,类型,含下级"
AGENCIES = f"""{HEADING}
0001,甲县人民政府,,县级,政府,
0002,甲县教育局,0001,县级,部门,
0003,甲县民政局,0001,县级,部门,
0100,甲县东镇人民政府,0001,乡级,乡镇,是
0101,甲县东镇一站,0100,乡级,单位,
"""


def variant(folder: Path, agency: str, year: int, figures: dict[str, tuple[str, str]]) -> None:
    """A report in the program's JSON with figures as somebody wrote them: kind and text by field."""
    report = nianbao.read(ROOT / "samples" / "word-2021.docx").to_dict()
    report["agency"], report["year"], report["findings"] = agency, year, []
    for field, (kind, raw) in figures.items():
        value = json.loads(raw) if kind == "number" else None
        report["values"][field] = {**report["values"][field], "kind": kind, "raw": raw, "value": value}
    (folder / f"{agency}{year}.json").write_text(json.dumps(report, ensure_ascii=False), encoding="utf-8")


def program(*words: str | Path, given: str = "") -> str:
    command = [os.environ["NIANBAO"], *map(str, words)]
    done = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of a county in which cells are blank, dashed or words, rolled up by the program."""
    work = tmp_path_factory.mktemp("views")
    (work / "sent").mkdir()
    (work / "agencies.csv").write_text(AGENCIES, encoding="utf-8")
    fee = "disclosure.fees.amount"
    for year in (2023, 2024):
        more = 10 * (year - 2023)
        variant(work / "sent", "甲县教育局", year, {"disclosure.licensing.decisions": ("number", str(5 + more)), fee: ("number", "0.30")})
        variant(work / "sent", "甲县民政局", year, {"disclosure.licensing.decisions": ("dash", "—"), fee: ("blank", "")})
        variant(work / "sent", "甲县东镇人民政府", year, {"disclosure.licensing.decisions": ("number", "7"), fee: ("slash", "/")})
        variant(work / "sent", "甲县东镇一站", year, {"disclosure.licensing.decisions": ("number", "2"), fee: ("none", "无")})
        sent = sorted((work / "sent").glob(f"*{year}.json"))
        program("rollup", *sent, "--agencies", work / "agencies.csv", "--year", str(year), "-o", work / "sums" / str(year))
    (work / "agencies.jsonl").write_text(program("agencies", work / "agencies.csv"), encoding="utf-8")
    inputs = [COUNTY / "2024" / "教育局年报.docx", ROOT / "samples" / "departments.xlsx", ROOT / "tests" / "damaged" / "cut.docx"]
    inputs += sorted((work / "sent").iterdir())
    rows = program("filter", "--agencies", work / "agencies.csv", given="\n".join(map(str, inputs)) + "\n")
    (work / "rows.jsonl").write_text(rows, encoding="utf-8")
    return work


@pytest.fixture(scope="module")
def base(folder: Path) -> duckdb.DuckDBPyConnection:
    base = duckdb.connect()
    for name, value in {"folder": "sums/*", "agencies": "agencies.jsonl", "rows": "rows.jsonl"}.items():
        base.execute(f"SET VARIABLE {name} = '{folder / value}'")
    for script in ("rollup.sql", "rows.sql"):
        base.execute((HERE / script).read_text(encoding="utf-8"))
    return base


def rows(base: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return base.execute(query).fetchall()


def test_dashes_blanks_and_words_are_null_beside_their_text(base: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT agency, value, kind, raw FROM {} WHERE year = 2024 AND field = '{}' AND agency LIKE '甲县%' ORDER BY agency"
    wanted = {
        "disclosure.licensing.decisions": [
            ("甲县东镇一站", Decimal(2), "number", None), ("甲县东镇人民政府", Decimal(7), "number", None),
            ("甲县教育局", Decimal(15), "number", None), ("甲县民政局", None, "dash", "—"),
        ],
        "disclosure.fees.amount": [
            ("甲县东镇一站", None, "none", "无"), ("甲县东镇人民政府", None, "slash", "/"),
            ("甲县教育局", Decimal("0.3"), "number", None), ("甲县民政局", None, "blank", None),
        ],
    }
    for field, expected in wanted.items():
        assert rows(base, query.format("figures", field)) == expected
        # A row of filter keeps how a number was written.
        found = [(*row[:3], None if row[2] == "number" else row[3]) for row in rows(base, query.format("row_figures", field))]
        assert found == expected


def test_codes_stay_text_and_every_field_is_numeric(base: duckdb.DuckDBPyConnection) -> None:
    assert rows(base, "SELECT DISTINCT code FROM figures ORDER BY code") == [("0002",), ("0003",), ("0100",), ("0101",)]
    assert rows(base, "SELECT code FROM wide WHERE year = 2024 ORDER BY code") == [("0002",), ("0003",), ("0100",), ("0101",)]
    fields = {name: kind for name, kind, *_ in rows(base, "DESCRIBE wide") if "." in name}
    assert len(fields) == 200 and set(fields.values()) == {"DOUBLE"}


def test_wide_and_long_say_the_same(base: duckdb.DuckDBPyConnection) -> None:
    wide = rows(base, f'SELECT year, agency, "{FIELD}", counted FROM wide ORDER BY ALL')
    long = rows(base, f"SELECT year, agency, value::DOUBLE, counted FROM figures WHERE field = '{FIELD}' ORDER BY ALL")
    assert wide == long and len(wide) == 8
    assert {counted for *_, counted in wide} == {True, False}


def test_totals_and_the_tree_are_the_program_s(base: duckdb.DuckDBPyConnection, folder: Path) -> None:
    for year in (2023, 2024):
        sent = sorted((folder / "sent").glob(f"*{year}.json"))
        sums = nianbao.rollup(sent, agencies=folder / "agencies.csv", year=year)
        totals = dict(rows(base, f"SELECT field, value FROM totals WHERE year = {year}"))
        assert totals == {field: value for field, value in sums.total.items() if value is not None}
        tree: dict[str, dict[str, Decimal]] = {}
        for agency, field, value in rows(base, f"SELECT agency, field, value FROM tree WHERE year = {year}"):
            tree.setdefault(agency, {})[field] = value
        # The station's figures are in its town's, which includes those below it.
        assert set(tree) == set(sums.agencies) - {"甲县东镇一站"}
        for agency, figures in tree.items():
            assert figures == {field: value for field, value in sums.of(agency).items() if value is not None}, agency


def test_this_year_stands_beside_last_year(base: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT agency, value, previous, difference, change FROM year_on_year WHERE year = 2024 AND field = 'disclosure.licensing.decisions' ORDER BY code"
    assert rows(base, query) == [
        ("甲县教育局", Decimal(15), Decimal(5), Decimal(10), 2.0), ("甲县民政局", None, None, None, None),
        ("甲县东镇人民政府", Decimal(7), Decimal(7), Decimal(0), 0.0), ("甲县东镇一站", Decimal(2), Decimal(2), Decimal(0), 0.0),
    ]
    assert rows(base, "SELECT count(*) FROM year_on_year WHERE year = 2023") == [(0,)]


def test_findings_have_their_agency_and_their_cells(base: duckdb.DuckDBPyConnection, folder: Path) -> None:
    logged = [json.loads(line) for path in folder.glob("sums/*/findings.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]
    found = rows(base, "SELECT agency, path, code, message FROM findings")
    assert sorted(found, key=str) == sorted([(line["in"], line["path"], line["code"], line["message"]["zh"]) for line in logged], key=str)
    assert logged


def test_every_report_of_every_row_is_there(base: duckdb.DuckDBPyConnection, folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "rows.jsonl").read_text(encoding="utf-8").splitlines()]
    all_rows = [row for line in lines for row in (line, *line.get("more", []))]
    found = rows(base, "SELECT path, report, status, agency, year FROM reports ORDER BY path, report")
    assert [(row[0], row[2], row[3], row[4]) for row in found] == sorted(
        ((row["path"], row["status"], row["agency"], row["year"]) for row in all_rows), key=lambda row: row[0]
    ) and len(found) == len(lines) + 2
    [(wrong, message)] = rows(base, "SELECT path, message FROM row_findings WHERE code = 'cell-wrong' AND severity = 'error'")
    assert wrong.endswith("教育局年报.docx") and message
    numbers = sum(value["value"] is not None for row in all_rows for value in row["values"].values())
    assert rows(base, "SELECT count(value) FROM row_figures") == [(numbers,)]


TYPES = {
    "string": r"VARCHAR", "integer": r"(SMALL|BIG)?INT(EGER)?", "number": r"DECIMAL\(38,10\)|DOUBLE", "boolean": r"BOOLEAN",
    "date": r"DATE", "array": r".*\[\]", "object": r"(MAP|STRUCT)\(.*\)",
}


@pytest.mark.parametrize("schema", sorted((HERE / "schemas").glob("*.json")), ids=lambda path: path.stem)
def test_the_schema_is_that_of_the_view(base: duckdb.DuckDBPyConnection, schema: Path) -> None:
    described = json.loads(schema.read_text(encoding="utf-8"))
    columns = [(name, kind) for name, kind, *_ in rows(base, f"DESCRIBE {schema.stem}")]
    if described.get("fieldsMatch") == "subset":
        columns = columns[: len(described["fields"])]
    assert [field["name"] for field in described["fields"]] == [name for name, _ in columns]
    for field, (name, kind) in zip(described["fields"], columns):
        assert re.fullmatch(TYPES[field["type"]], kind), f"{name}: {field['type']} is not {kind}"
        assert field["description"]
    if key := described.get("primaryKey"):
        names = ", ".join(key)
        assert rows(base, f"SELECT {names} FROM {schema.stem} GROUP BY {names} HAVING count(*) > 1") == []


def test_every_view_has_a_schema(base: duckdb.DuckDBPyConnection) -> None:
    views = {name for (name,) in rows(base, "SELECT view_name FROM duckdb_views() WHERE NOT internal")}
    assert views - {path.stem for path in (HERE / "schemas").glob("*.json")} == {"agency_above", "rows_read"}


def test_pandas_reads_the_files_as_the_page_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    [code] = re.findall(r"```python\n(.*?)```", (HERE / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    wide, long = names["wide"], names["long"]
    assert list(wide["code"]) == ["0002", "0003", "0100", "0101"] == list(dict.fromkeys(long["code"]))
    fields = [name for name in wide.columns if "." in name]
    assert len(fields) == 200 and all(pandas.api.types.is_numeric_dtype(wide[name]) for name in fields)
    assert wide["disclosure.licensing.decisions"].isna().tolist() == [False, True, False, False]
    assert pandas.api.types.is_float_dtype(long["value"]) and long["value"].isna().sum() > 0
    assert long.loc[long["kind"] == "dash", "raw"].tolist() == ["—"]
