"""Sixty reports of sixty agencies, as an office has them in January."""

from pathlib import Path
from typing import Literal

import pytest

import nianbao

ROOT = Path(__file__).resolve().parents[2]

FORMATS: tuple[Literal["docx", "xlsx", "html"], ...] = ("docx", "xlsx", "html")


@pytest.fixture(scope="session")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder `reports` with sixty files in three formats, each with figures of its own that add up."""
    folder = tmp_path_factory.mktemp("sixty")
    (folder / "reports").mkdir()
    for number in range(60):
        name = FORMATS[number % 3]
        (folder / "reports" / f"{number + 1:02}.{name}").write_bytes(town(number).write(name))
    return folder


def town(number: int, of: int = 2024) -> nianbao.Report:
    """The report of one town for a year, made of a sample."""
    report = nianbao.read(ROOT / "samples" / "word-2021.docx")
    agency, year, name = report.agency or "", str(report.year), f"松屿县第{number + 1}镇人民政府"
    for section in report.sections:
        for index, text in enumerate(section.paragraphs, 1):
            own = text.replace(agency, name).replace(year, str(of)).replace(str(int(year) + 1), str(of + 1))
            if own != text:
                report.set(f"{section.id}.{index}", own)
    report.set("agency", name)
    report.set("year", str(of))
    # One left it blank, which is no number and no zero.
    report.set("disclosure.licensing.decisions", None if number == 9 else 7 * number % 50)
    # The digits of one total do not add up.
    total = report["requests.received.total"].value
    if number == 19 and total is not None:
        report.set("requests.received.total", total + 1)
    return report
