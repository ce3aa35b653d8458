"""The tools of each format: name, what is done, the commands for files into a folder, and how a report's tables are read back."""
import json
import sys
from pathlib import Path

import judge

HERE = Path(__file__).parent


class Tool:
    """`fine` are the exit codes of a run that did its work."""

    def __init__(self, name, does, commands, tables=None, fine=(0,)):
        self.name, self.does, self.commands, self.tables, self.fine = name, does, commands, tables, fine


def own(nianbao):
    """Reading, checking and writing of all three formats; the tables are those of the page that is written."""

    def commands(files, out):
        return [[nianbao, "convert", *files, "-o", str(out), "-j", "1"]]

    def tables(out):
        pages = {}
        for line in (out / "batch.jsonl").read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            pages[Path(entry["path"]).stem] = [name for name in entry["outputs"] if name.endswith(".html")]
        return lambda stem: judge.of_html(out / pages[stem][0]) if pages.get(stem) else []

    return Tool("nianbao", "reads, checks, writes DOCX + XLSX + HTML", commands, tables, (0, 1))


def library(name, does, function, tables):
    """A library of Python's registry, over all files in one process."""
    commands = lambda files, out: [[sys.executable, str(HERE / "one.py"), function, str(out), *files]]
    return Tool(name, does, commands, tables)


def pages(suffix=""):
    return lambda out: lambda stem: judge.of_html(out / (stem + suffix))


def markdown(out):
    return lambda stem: judge.of_markdown(out / stem)


def pandoc(files, out):
    return [["pandoc", name, "-t", "html", "-o", str(out / Path(name).stem)] for name in files]


def pdftotext(files, out):
    return [["pdftotext", "-layout", name, str(out / Path(name).stem)] for name in files]


def libreoffice(profile):
    at = f"-env:UserInstallation=file://{profile}"
    return lambda files, out: [["soffice", "--headless", at, "--convert-to", "html", "--outdir", str(out), *files]]


def script(name, positions):
    return lambda files, out: [[sys.executable, str(HERE / name), str(positions), str(out), *files]]


def cells(out):
    return lambda stem: judge.of_sheet(out / (stem + ".xlsx"))


def anydoc():
    return library("anydoc", "reads to Markdown", "anydoc", markdown)


def oxide():
    return library("office_oxide", "reads to HTML", "office_oxide", pages())


def kreuzberg():
    return library("kreuzberg", "reads to HTML", "kreuzberg", pages())


def xberg():
    return library("xberg", "reads to HTML", "xberg", pages())


def docling_rs():
    return library("docling-rs", "reads to Markdown", "docling_rs", markdown)


def of_format(work, nianbao):
    """By format, its tools in the order of the table."""
    ours, office = own(nianbao), Tool("LibreOffice", "reads to HTML", libreoffice(work / "profile"), pages(".html"))
    positions = work / "positions.json"
    return {
        "docx": [
            ours,
            oxide(),
            kreuzberg(),
            xberg(),
            anydoc(),
            docling_rs(),
            Tool("script, tuned", "reads, writes DOCX + XLSX", script("tuned.py", positions), cells),
            office,
            Tool("pandoc", "reads to HTML", pandoc, pages()),
            library("docling", "reads to HTML", "docling", pages()),
            library("mammoth", "reads to HTML", "mammoth", pages()),
            library("markitdown", "reads to Markdown", "markitdown", markdown),
            Tool("script, plain", "reads, writes DOCX + XLSX", script("plain.py", positions), cells),
        ],
        "doc": [ours, oxide(), anydoc(), xberg(), docling_rs(), office],
        "xlsx": [ours, library("calamine", "reads all cells", "calamine", pages()), oxide(), anydoc(), kreuzberg(), xberg(), docling_rs(), office],
        "html": [ours, kreuzberg(), xberg(), docling_rs(), Tool("pandoc", "reads to HTML", pandoc, pages())],
        "pdf": [
            ours,
            Tool("pdftotext", "reads to text, layout kept", pdftotext),
            library("PyMuPDF, text", "reads to text", "pymupdf_text", None),
            library("PyMuPDF, tables", "reads text and tables", "pymupdf", pages()),
            library("pdfplumber", "reads text and tables", "pdfplumber", pages()),
            kreuzberg(),
            xberg(),
            anydoc(),
        ],
    }
