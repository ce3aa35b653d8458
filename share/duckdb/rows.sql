-- Views over the rows of `nianbao filter`, for DuckDB 1.1 and newer. README.md beside this file has the commands. Variable:
--   rows      rows.jsonl, or a pattern of such files
-- Views read the files when they are queried: set the variable in every session.

-- A row a report, and a row a file that gave none. The further reports of a file have rows of their own.
CREATE OR REPLACE VIEW rows_read AS
SELECT * FROM read_json(getvariable('rows'), format = 'newline_delimited', maximum_object_size = 268435456, columns = {
  path: 'VARCHAR', sha256: 'VARCHAR', status: 'VARCHAR', form: 'VARCHAR', agency: 'VARCHAR', listed: 'VARCHAR', year: 'SMALLINT',
  published: 'DATE', outputs: 'VARCHAR[]',
  "values": 'MAP(VARCHAR, STRUCT(value DECIMAL(38, 10), kind VARCHAR, raw VARCHAR, unit VARCHAR, place VARCHAR, adds BOOLEAN))',
  findings: 'STRUCT(code VARCHAR, severity VARCHAR, rule VARCHAR, fields VARCHAR[], message STRUCT(zh VARCHAR, en VARCHAR))[]',
  more: 'STRUCT(path VARCHAR, sha256 VARCHAR, status VARCHAR, form VARCHAR, agency VARCHAR, listed VARCHAR, year SMALLINT, published DATE,
    outputs VARCHAR[],
    "values" MAP(VARCHAR, STRUCT(value DECIMAL(38, 10), kind VARCHAR, raw VARCHAR, unit VARCHAR, place VARCHAR, adds BOOLEAN)),
    findings STRUCT(code VARCHAR, severity VARCHAR, rule VARCHAR, fields VARCHAR[], message STRUCT(zh VARCHAR, en VARCHAR))[])[]'});

CREATE OR REPLACE VIEW reports AS
SELECT path, 0 AS report, sha256, status, form, agency, listed, year, published, outputs, "values", findings FROM rows_read
UNION ALL
SELECT one.path, number AS report, one.sha256, one.status, one.form, one.agency, one.listed, one.year, one.published, one.outputs,
  one."values", one.findings
FROM (SELECT unnest(more) AS one, unnest(range(1, len(more) + 1)) AS number FROM rows_read WHERE more IS NOT NULL);

-- A row a figure. `adds` is false for figures that may not be added to those of others.
CREATE OR REPLACE VIEW row_figures AS
SELECT path, report, form, coalesce(listed, agency) AS agency, year, entry.key AS field, entry.value.value AS value,
  entry.value.kind AS kind, entry.value.raw AS raw, entry.value.unit AS unit, entry.value.place AS place,
  coalesce(entry.value.adds, true) AS adds
FROM (SELECT path, report, form, agency, listed, year, unnest(map_entries("values")) AS entry FROM reports);

-- A row a finding.
CREATE OR REPLACE VIEW row_findings AS
SELECT path, report, coalesce(listed, agency) AS agency, year, finding.code, finding.severity, finding.rule, finding.fields,
  finding.message.zh AS message, finding.message.en AS message_en
FROM (SELECT path, report, agency, listed, year, unnest(findings) AS finding FROM reports);
