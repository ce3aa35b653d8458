-- Views over what `nianbao rollup … -o FOLDER` wrote, for DuckDB 1.1 and newer. README.md beside this file has the commands. Variables:
--   folder    a roll-up's folder, or a pattern with a folder a year, such as sums/*
--   agencies  what `nianbao agencies FILE` printed; for the view tree alone
-- Views read the files when they are queried: set the variables in every session.

-- A row a figure. `value` is a number or null; `raw` is what was written where that is not just the number, and `kind` what it is.
CREATE OR REPLACE VIEW figures AS
SELECT agency, code, year, form, field, value, kind, nullif(raw, '') AS raw, counted, source.file AS file, source.place AS place
FROM read_json(getvariable('folder') || '/values.jsonl', format = 'newline_delimited', columns = {
  agency: 'VARCHAR', code: 'VARCHAR', year: 'SMALLINT', form: 'VARCHAR', field: 'VARCHAR', value: 'DECIMAL(38, 10)', kind: 'VARCHAR',
  raw: 'VARCHAR', counted: 'BOOLEAN', source: 'STRUCT(file VARCHAR, place VARCHAR)'});

-- A row a report with a column a field, from 汇总.csv: numbers or null. Folders of different forms have the columns of all.
CREATE OR REPLACE VIEW wide AS
SELECT * REPLACE (counted IN ('yes', 'true') AS counted)
FROM read_csv(getvariable('folder') || '/汇总.csv', union_by_name = true, auto_type_candidates = ['DOUBLE'], sample_size = -1, types = {
  'code': 'VARCHAR', 'agency': 'VARCHAR', 'parent': 'VARCHAR', 'level': 'VARCHAR', 'kind': 'VARCHAR', 'year': 'SMALLINT',
  'form': 'VARCHAR', 'counted': 'VARCHAR', 'file': 'VARCHAR'});

-- The sum of everything by year and field; a field of which nobody has a number has no row. Figures that do not add up are left out.
CREATE OR REPLACE VIEW totals AS
SELECT year, form, field, CAST(sum(value) AS DECIMAL(38, 10)) AS value, count(*) AS agencies
FROM figures WHERE counted AND value IS NOT NULL GROUP BY year, form, field;

-- This year's figures beside last year's, for agencies that have both; the agency is known by its code, or by its name.
CREATE OR REPLACE VIEW year_on_year AS
SELECT this.agency, this.code, this.year, this.form, this.field, this.value, before.value AS previous,
  this.value - before.value AS difference,
  CASE WHEN before.value <> 0 THEN CAST((this.value - before.value) / before.value AS DOUBLE) END AS change
FROM figures AS this JOIN figures AS before
  ON before.year = this.year - 1 AND before.field = this.field
  AND coalesce(before.code, before.agency) = coalesce(this.code, this.agency);

-- Findings of the roll-up and of each report.
CREATE OR REPLACE VIEW findings AS
SELECT "in" AS agency, path, coalesce(report, 0) AS report, code, severity, rule, fields, "left", "right", difference,
  culprits, message.zh AS message, message.en AS message_en, waived IS NOT NULL AS waived, filename AS source
FROM read_json(getvariable('folder') || '/findings.jsonl', format = 'newline_delimited', filename = true, columns = {
  path: 'VARCHAR', "in": 'VARCHAR', report: 'INTEGER', code: 'VARCHAR', severity: 'VARCHAR', rule: 'VARCHAR', fields: 'VARCHAR[]',
  "left": 'DECIMAL(38, 10)', "right": 'DECIMAL(38, 10)', difference: 'DECIMAL(38, 10)',
  culprits: 'STRUCT(field VARCHAR, "from" DECIMAL(38, 10), "to" DECIMAL(38, 10))[]',
  message: 'STRUCT(zh VARCHAR, en VARCHAR)', waived: 'JSON'});

-- Every agency with itself and with each of its superiors.
CREATE OR REPLACE VIEW agency_above AS
SELECT name AS agency, unnest(list_prepend(name, superiors)) AS superior
FROM read_json(getvariable('agencies'), format = 'newline_delimited', columns = {name: 'VARCHAR', superiors: 'VARCHAR[]'});

-- Up the tree: the sum of each agency with all below it, of the reports that count. Below a superior whose own report includes its parts
-- no report counts for itself, and there are no rows: the figures are in `figures`.
CREATE OR REPLACE VIEW tree AS
SELECT superior AS agency, year, form, field, CAST(sum(value) AS DECIMAL(38, 10)) AS value, count(*) AS reports
FROM figures JOIN agency_above USING (agency)
WHERE counted AND value IS NOT NULL GROUP BY superior, year, form, field;
