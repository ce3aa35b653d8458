"""The same by someone who knows where python-docx is slow: the table's cells are asked for once. tuned.py POSITIONS OUT FILE..."""
import json
import sys
from pathlib import Path

import docx
import openpyxl
from docx.oxml.ns import qn

VALUE, SPAN, MERGE = qn("w:val"), qn("w:gridSpan"), qn("w:vMerge")


def grid(table):
    rows = []
    for tr in table._tbl.tr_lst:
        row = []
        for tc in tr.tc_lst:
            properties = tc.tcPr
            span = properties.find(SPAN) if properties is not None else None
            merge = properties.find(MERGE) if properties is not None else None
            text = "".join(node.text or "" for node in tc.iter(qn("w:t")))
            if merge is not None and merge.get(VALUE) != "restart" and rows:
                text = rows[-1][len(row)]
            row.extend([text] * (int(span.get(VALUE)) if span is not None else 1))
        rows.append(row)
    return rows


out = Path(sys.argv[2])
fields = json.loads(Path(sys.argv[1]).read_text())
for name in sys.argv[3:]:
    document = docx.Document(name)
    grids = [grid(table) for table in document.tables]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for field, (table, row, column) in fields.items():
        sheet.append([field, grids[table][row][column].strip()])
    book.save(out / (Path(name).stem + ".xlsx"))
    document.save(out / (Path(name).stem + ".docx"))
