"""One library over many files in one process: one.py TOOL OUT FILE... Each gives what it gives best: HTML, Markdown, or cells."""
import html
import io
import sys
from pathlib import Path


def mammoth():
    import mammoth

    def convert(name):
        with open(name, "rb") as file:
            return mammoth.convert_to_html(file).value

    return convert


def markitdown():
    from markitdown import MarkItDown

    reader = MarkItDown(enable_plugins=False)
    return lambda name: reader.convert(name).text_content


def docling():
    from docling.document_converter import DocumentConverter

    reader = DocumentConverter()
    return lambda name: reader.convert(name).document.export_to_html()


def docling_rs():
    from docling_rs import DocumentConverter

    reader = DocumentConverter()
    return lambda name: reader.convert(name).document.export_to_markdown()


def anydoc():
    import anydoc

    return anydoc.to_markdown


def office_oxide():
    import office_oxide

    return office_oxide.to_html


def kreuzberg():
    import kreuzberg

    config = kreuzberg.ExtractionConfig(output_format=kreuzberg.OutputFormat.HTML, use_cache=False)
    return lambda name: kreuzberg.extract_file_sync(name, config=config).content


def xberg():
    import asyncio

    import xberg

    config = xberg.ExtractionConfig(output_format="html", use_cache=False)
    loop = asyncio.new_event_loop()

    async def extract(name):
        return await xberg.extract(xberg.ExtractInput(kind="uri", uri=name), config)

    return lambda name: loop.run_until_complete(extract(name)).results[0].content


def calamine():
    """All cells of all sheets, as a page of tables."""
    from python_calamine import CalamineWorkbook

    def convert(name):
        book = CalamineWorkbook.from_path(name)
        return page(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for sheet in book.sheet_names)

    return convert


def pdfplumber():
    """All text, and all tables that it finds."""
    import pdfplumber

    def convert(name):
        with pdfplumber.open(name) as document:
            return page(table for sheet in document.pages if sheet.extract_text() is not None for table in sheet.extract_tables())

    return convert


def pymupdf():
    """All text, and all tables that it finds."""
    import pymupdf

    def convert(name):
        with pymupdf.open(name) as document:
            return page(table.extract() for sheet in document if sheet.get_text() is not None for table in sheet.find_tables())

    return convert


def pymupdf_text():
    import pymupdf

    def convert(name):
        with pymupdf.open(name) as document:
            return "".join(sheet.get_text() for sheet in document)

    return convert


def page(tables):
    """Tables of cells as HTML, which judge.py reads."""
    out = io.StringIO()
    for table in tables:
        out.write("<table>")
        for row in table:
            out.write("<tr>" + "".join(f"<td>{html.escape(shown(cell))}</td>" for cell in row) + "</tr>")
        out.write("</table>\n")
    return out.getvalue()


def shown(cell):
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def main():
    tool, out = sys.argv[1], Path(sys.argv[2])
    convert = globals()[tool]()
    for name in sys.argv[3:]:
        (out / Path(name).stem).write_text(convert(name), encoding="utf-8")


main()
