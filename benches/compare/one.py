"""One library over many files in one process: one.py TOOL OUT FILE... (mammoth, markitdown, docling)."""
import sys
from pathlib import Path

tool, out, files = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
if tool == "mammoth":
    import mammoth

    def convert(name):
        with open(name, "rb") as file:
            return mammoth.convert_to_html(file).value
elif tool == "markitdown":
    from markitdown import MarkItDown

    reader = MarkItDown(enable_plugins=False)

    def convert(name):
        return reader.convert(name).text_content
else:
    from docling.document_converter import DocumentConverter

    reader = DocumentConverter()

    def convert(name):
        return reader.convert(name).document.export_to_html()

for name in files:
    suffix = ".md" if tool == "markitdown" else ".html"
    (out / (Path(name).stem + suffix)).write_text(convert(name), encoding="utf-8")
