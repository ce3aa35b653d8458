"""The package as its users call it, against the samples of the repository."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from pathlib import Path

import pytest

import nianbao
from conftest import town

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
DAMAGED = ROOT / "tests" / "damaged"
COUNTY = SAMPLES / "county"


def test_a_file_is_read_by_path_and_by_bytes_alike() -> None:
    path = SAMPLES / "word-2021.docx"
    by_path, by_bytes = nianbao.read(path), nianbao.read(path.read_bytes(), name=str(path))
    assert by_path.to_json() == by_bytes.to_json()
    assert by_path.sha256 == by_bytes.sha256 is not None
    assert by_path.title is not None and by_path.agency is not None and by_path.agency in by_path.title
    assert by_path.path == str(path) and by_path.number == 0


def test_every_figure_says_what_was_written_and_where() -> None:
    report = nianbao.read(SAMPLES / "sheet-2021.xlsx")
    values = report.values
    assert list(values) == list(report) and len(values) == len(report) == 200
    for field, value in values.items():
        assert field in report
        assert (value.value is not None) == (value.kind == "number")
        assert value.place is not None and str(value.place)
    assert report.figures() == {field: value.value for field, value in values.items()}
    with pytest.raises(KeyError):
        report["no.such.field"]


def test_a_file_that_cannot_be_read_raises_its_finding() -> None:
    with pytest.raises(nianbao.ReadError) as raised:
        nianbao.read(DAMAGED / "cut.docx")
    assert raised.value.code == raised.value.finding.code == "file-damaged"
    assert raised.value.path.endswith("cut.docx") and raised.value.path in str(raised.value)
    assert raised.value.message_en.isascii()
    with pytest.raises(nianbao.ReadError) as raised:
        nianbao.read("no/such/file.docx")
    assert raised.value.code == "file-unreadable"
    with pytest.raises(nianbao.ReadError):
        nianbao.read(b"")


def test_several_reports_are_never_taken_for_one() -> None:
    path = SAMPLES / "compilation.docx"
    with pytest.raises(nianbao.SeveralReportsError) as raised:
        nianbao.read(path)
    assert raised.value.count == 3
    reports = nianbao.read_all(path)
    assert [report.number for report in reports] == [0, 1, 2]
    assert len({report.agency for report in reports}) == 3


def test_a_correction_is_checked_at_once_and_can_be_replayed(tmp_path: Path) -> None:
    path = DAMAGED / "transposed.docx"
    report = nianbao.read(path)
    field = "requests.received.total"
    assert report[field].value == 23
    after = report.set(field, Decimal(32), by="张三", reason="电话核实", at="2025-01-20")
    assert not [finding for finding in after if finding.severity == "error"]
    assert report[field].value == 32 and report[field].corrected_from == "23"
    # The place is kept, and the lines are those that the program takes.
    assert report[field].place == nianbao.read(path)[field].place
    [line] = report.corrections
    assert json.loads(line)["sha256"] == report.sha256
    lines = tmp_path / "corrections.jsonl"
    lines.write_text(line + "\n", encoding="utf-8")
    assert nianbao.read(path, corrections=lines)[field].value == 32
    # Undoing is one more line.
    report.set(field, 23, at="2025-01-21")
    assert [finding.code for finding in report.findings if finding.severity == "error"] == ["cell-wrong"]
    report.set(field, None, at="2025-01-22")
    assert report[field].value is None and report[field].kind == "blank"
    assert len(report.corrections) == 3


def test_what_is_no_number_or_no_field_is_refused_and_changes_nothing() -> None:
    report = nianbao.read(SAMPLES / "word-97.doc")
    before = report.to_json()
    with pytest.raises(ValueError):
        report.set("requests.received.total", "若干")
    with pytest.raises(KeyError):
        report.set("no.such.field", 1)
    with pytest.raises(nianbao.InputError):
        report.set("year", "去年")
    assert report.to_json() == before and report.corrections == []


def test_text_is_corrected_too() -> None:
    report = nianbao.read(SAMPLES / "word-97.doc")
    report.set("agency", "石岭市人民政府办公室")
    assert report.title is not None and report.title.startswith("石岭市人民政府办公室2022年")
    section = next(section for section in report.sections if section.paragraphs)
    report.set(f"{section.id}.1", "改过的一段。")
    assert next(one for one in report.sections if one.id == section.id).paragraphs[0] == "改过的一段。"


def test_findings_of_reading_outlive_a_recheck() -> None:
    report = nianbao.read(DAMAGED / "word-for-figure.html")
    assert [finding.code for finding in report.findings if finding.severity == "error"] == ["figure-unreadable"]
    other = next(field for field, value in report.values.items() if value.value == 0)
    after = report.set(other, 0, at="2025-01-20")
    assert "figure-unreadable" in {finding.code for finding in after}
    after = report.set("disclosure.licensing.decisions", 19, at="2025-01-20")
    assert "figure-unreadable" not in {finding.code for finding in after}


def test_the_json_is_read_again() -> None:
    report = nianbao.read(DAMAGED / "transposed.docx")
    again = nianbao.read(report.to_json().encode())
    assert again.figures() == report.figures()
    assert [finding.code for finding in again.findings] == [finding.code for finding in report.findings]


def test_last_year_s_report_is_held_against_this_year_s() -> None:
    report = nianbao.read(SAMPLES / "word-97.doc")
    before = json.loads(report.to_json())
    before["year"] = 2021
    last = nianbao.read(json.dumps(before, ensure_ascii=False).encode())
    assert [finding.code for finding in nianbao.check(report)] == []
    codes = [finding.code for finding in nianbao.check(report, previous=last)]
    assert codes, "figures and text of last year, taken over"


def test_many_files_are_read_in_order_and_a_bad_one_stops_nothing() -> None:
    paths: list[str | Path] = [SAMPLES / "word-97.doc", DAMAGED / "cut.docx", "none.docx", SAMPLES / "departments.xlsx"]
    files = nianbao.read_many(paths, jobs=2)
    assert [file.path for file in files] == [str(path) for path in paths]
    assert [len(file.reports) for file in files] == [1, 0, 0, 3]
    assert [file.error.code if file.error else None for file in files] == [None, "file-damaged", "file-unreadable", None]


def test_any_number_of_workers_gives_the_same() -> None:
    one, four = (nianbao.columns(nianbao.read_many([SAMPLES], jobs=jobs)) for jobs in (1, 4))
    assert one == four and len(one["value"]) > 5000


def test_python_goes_on_while_files_are_read() -> None:
    turns, stop = 0, False

    def count() -> None:
        nonlocal turns
        while not stop:
            turns += 1

    thread = threading.Thread(target=count)
    thread.start()
    nianbao.read_many([SAMPLES] * 3, jobs=2)
    stop = True
    thread.join()
    assert turns > 10_000


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_ctrl_c_stops_a_batch(tmp_path: Path) -> None:
    for number in range(4000):
        (tmp_path / f"{number}.docx").write_bytes((SAMPLES / "word-2021.docx").read_bytes())
    code = "import nianbao, sys; print('go', flush=True); nianbao.convert([sys.argv[1]], sys.argv[2], jobs=1)"
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path), str(tmp_path / "out")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None and child.stdout.readline() == b"go\n"
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert b"KeyboardInterrupt" in said
    # The logs are whole, and the outputs too.
    log = [json.loads(line) for line in (tmp_path / "out" / "batch.jsonl").read_text(encoding="utf-8").splitlines()]
    assert 0 < len(log) < 4000
    assert all((tmp_path / "out" / name).exists() for entry in log for name in entry["outputs"])


def test_convert_writes_what_the_program_writes(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = nianbao.convert([COUNTY / "2024"], out, to=["docx", "xlsx", "html", "json"], agencies=COUNTY / "agencies.csv")
    assert (done.ok, done.with_errors, done.failed, done.missing) == (6, 1, 0, 1)
    assert [error.code for file in done.files for error in file.errors] == ["cell-wrong"]
    written = {path.name for path in out.iterdir() if not path.name.startswith(".")}
    assert written == {name for file in done.files for name in file.outputs} | {"index.html", "batch.jsonl", "findings.jsonl"}
    again = nianbao.convert([COUNTY / "2024"], out, to=["docx", "xlsx", "html", "json"], agencies=COUNTY / "agencies.csv")
    assert again.unchanged == 7
    for file in done.files:
        for name in file.outputs:
            back = nianbao.read(out / name)
            assert back.figures() == nianbao.read(file.path).figures(), name


def test_the_program_writes_the_same_bytes(tmp_path: Path) -> None:
    inputs = [path for path in sorted(SAMPLES.iterdir()) if path.suffix in (".docx", ".doc", ".xlsx", ".html", ".pdf", ".txt")]
    nianbao.convert(inputs, tmp_path / "module", to=["docx", "xlsx", "html", "json", "pdf"])
    command = [os.environ["NIANBAO"], "convert", *map(str, inputs), "--to", "docx,xlsx,html,json,pdf", "-o", str(tmp_path / "program")]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    names = {path.name for path in (tmp_path / "program").iterdir() if path.suffix[1:] in ("docx", "xlsx", "html", "json", "pdf")}
    assert len(names) > 40
    for name in names:
        assert (tmp_path / "module" / name).read_bytes() == (tmp_path / "program" / name).read_bytes(), name


def test_a_pdf_is_written_and_read_again(tmp_path: Path) -> None:
    report = nianbao.read(SAMPLES / "word-97.doc")
    written = report.write("pdf")
    assert nianbao.read(written).figures() == report.figures()
    assert report.write("pdf", fonts=tmp_path) == written, "a folder without fonts changes nothing"
    with pytest.raises(nianbao.InputError):
        report.write("pdf", fonts=tmp_path / "none")


def test_options_that_make_no_sense_are_input_errors(tmp_path: Path) -> None:
    with pytest.raises(nianbao.InputError) as raised:
        nianbao.read(SAMPLES / "word-97.doc", form="none")
    assert "gkbg-2021" in raised.value.message and "no form none" in raised.value.message_en
    with pytest.raises(nianbao.InputError):
        nianbao.convert([SAMPLES], tmp_path, to=["pptx"])  # type: ignore[list-item]
    with pytest.raises(nianbao.InputError):
        nianbao.rollup([COUNTY / "2024"], agencies=ROOT / "README.md")
    with pytest.raises(nianbao.InputError):
        nianbao.Template(SAMPLES / "word-97.doc")
    with pytest.raises(nianbao.InputError):
        nianbao.rollup([COUNTY / "2024"], year=1999)
    broken = tmp_path / "broken.toml"
    broken.write_text("language = 1\nid = 3\n", encoding="utf-8")
    with pytest.raises(nianbao.InputError):
        nianbao.forms(mappings=broken)


def test_a_form_of_one_s_own_is_a_mapping_file(tmp_path: Path) -> None:
    text = (ROOT / "mappings" / "gkbg-2021.toml").read_text(encoding="utf-8").replace('id = "gkbg-2021"', 'id = "own"', 1)
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    assert "own" in [form.id for form in nianbao.forms(mappings=tmp_path)]
    assert nianbao.read(SAMPLES / "word-97.doc", form="own", mappings=tmp_path).form == "own"
    assert "own" not in [form.id for form in nianbao.forms()]


def test_sums_along_the_tree_are_those_of_the_parts(tmp_path: Path) -> None:
    sums = nianbao.rollup([COUNTY / "2024"], agencies=COUNTY / "agencies.csv", out=tmp_path)
    field = "requests.received.total"
    table = nianbao.columns(nianbao.read_many([COUNTY / "2024"]), shape="wide", exact=True)
    assert sums.total[field] == sum(table[field])
    assert sums.report[field].value == sums.total[field]
    assert {"汇总.xlsx", "汇总.csv", "values.jsonl", "findings.jsonl", "index.html"} <= {path.name for path in tmp_path.iterdir()}
    assert [finding.code for _, _, finding in sums.findings if finding.severity == "error"]
    rows = sums.columns(exact=True)
    assert len(rows["value"]) == (len(sums.agencies) + 1) * 200
    without = nianbao.rollup([COUNTY / "2024"], agencies=COUNTY / "agencies.csv", without_errors=True)
    assert (without.total[field] or 0) < (sums.total[field] or 0)


def test_last_years_reports_are_compared_with_as_by_the_program(tmp_path: Path) -> None:
    for year, numbers in [(2023, range(4)), (2024, range(1, 4))]:
        (tmp_path / "sent" / str(year)).mkdir(parents=True)
        for number in numbers:
            report = town(number, year)
            report.set("disclosure.licensing.decisions", number + year - 2000)
            (tmp_path / "sent" / str(year) / f"{number}.html").write_bytes(report.write("html"))
    sums = nianbao.rollup([tmp_path / "sent"], out=tmp_path / "module")
    codes = [finding.code for _, _, finding in sums.findings]
    assert sums.year == 2024 and sums.previous_year == 2023 and "report-of-other-year" not in codes
    # The town that did not report this year is not compared.
    assert sums.compared["disclosure.licensing.decisions"] == (Decimal(1 + 2 + 3 + 3 * 24), Decimal(1 + 2 + 3 + 3 * 23))
    assert "agencies-not-compared" in codes
    command = [os.environ["NIANBAO"], "rollup", str(tmp_path / "sent"), "-o", str(tmp_path / "program")]
    assert subprocess.run(command, stderr=subprocess.DEVNULL).returncode < 2
    written = sorted(path.name for path in (tmp_path / "module").iterdir())
    assert "findings.jsonl" in written and "汇总.xlsx" in written
    for name in written:
        assert (tmp_path / "module" / name).read_bytes() == (tmp_path / "program" / name).read_bytes(), name
    # Last year's reports that are named are taken instead; of last year alone there is nothing to compare.
    named = nianbao.rollup([tmp_path / "sent"], previous=tmp_path / "sent" / "2023")
    assert named.compared == sums.compared
    last = nianbao.rollup([tmp_path / "sent" / "2023"])
    assert last.year == 2023 and last.previous_year is None and last.compared == {}
    # Asked for last year, this year's reports are of another one.
    wrong = nianbao.rollup([tmp_path / "sent"], year=2023)
    assert [finding.code for _, _, finding in wrong.findings].count("report-of-other-year") == 3


def test_a_template_is_filled_many_times() -> None:
    template = nianbao.Template(ROOT / "share" / "templates" / "空白年报.xlsx")
    assert template.format == "xlsx"
    for path in ["word-2021.docx", "word-97.doc"]:
        report = nianbao.read(SAMPLES / path)
        filled, _ = template.fill(report)
        assert nianbao.read(filled).figures() == report.figures()


def test_an_amount_stays_exact_and_a_float_is_asked_for_alone() -> None:
    report = nianbao.read(SAMPLES / "word-97.doc")
    [field] = [field.id for form in nianbao.forms() if form.id == report.form for field in form.fields if field.kind == "amount"]
    report.set(field, "12.10")
    exact, floats = (nianbao.columns([report], exact=exact) for exact in (True, False))
    row = exact["field"].index(field)
    assert exact["value"][row] == Decimal("12.10") and floats["value"][row] == 12.1
    assert all(value is None or isinstance(value, Decimal) for value in exact["value"])
    assert all(value is None or isinstance(value, float) for value in floats["value"])
