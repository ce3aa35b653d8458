"""What an office writes in an afternoon: python-docx in, openpyxl out, each cell by its position. plain.py POSITIONS OUT FILE..."""
import json
import sys
from pathlib import Path

import docx
import openpyxl

out = Path(sys.argv[2])
fields = json.loads(Path(sys.argv[1]).read_text())
for name in sys.argv[3:]:
    document = docx.Document(name)
    book = openpyxl.Workbook()
    sheet = book.active
    for field, (table, row, column) in fields.items():
        sheet.append([field, document.tables[table].cell(row, column).text.strip()])
    book.save(out / (Path(name).stem + ".xlsx"))
    document.save(out / (Path(name).stem + ".docx"))
