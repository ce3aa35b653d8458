-- Adds up the table of convert.sql along the tree of agencies. Started by plain spark-sql; README.md has the command. Variables:
--   table     folder of the table that convert.sql wrote
--   agencies  what `nianbao agencies FILE` printed: an agency a line with all its superiors
--   form      id of the form, such as gkbg-2021
--   year      the year
--   out       folder for the results; what it holds is replaced: values/, sums/, problems/

CREATE TEMPORARY VIEW converted USING parquet OPTIONS (path '${hivevar:table}');
CREATE TEMPORARY VIEW agency (name STRING, code STRING, level STRING, kind STRING, aggregate BOOLEAN, superiors ARRAY<STRING>)
  USING json OPTIONS (path '${hivevar:agencies}');

-- The reports of the form and year. Of two of one agency the one published later counts, or the first by its path where that does
-- not tell. (Folders come before what stands beside them, as when a folder is searched.)
CREATE TEMPORARY VIEW report AS
SELECT *, row_number() OVER (PARTITION BY owner
    ORDER BY CASE WHEN first_published IS NOT NULL THEN published END DESC NULLS LAST, turn) AS choice FROM (
  SELECT *, first_value(published) OVER (PARTITION BY owner ORDER BY turn) AS first_published FROM (
    SELECT *, coalesce(listed, agency) AS owner, translate(path, '/', chr(1)) AS turn FROM converted
    WHERE form = '${hivevar:form}' AND year = ${hivevar:year}) AS of_the_year) AS in_turn;

CREATE TEMPORARY VIEW counted AS SELECT report.* FROM report JOIN agency ON agency.name = report.owner WHERE choice = 1;

-- Every agency with itself (up = -1) and with each of its superiors, the nearest first (up = 0, 1, ...).
CREATE TEMPORARY VIEW closure AS
SELECT name AS agency, name AS superior, -1 AS up FROM agency
UNION ALL
SELECT name AS agency, superior, up FROM agency LATERAL VIEW posexplode(superiors) above AS up, superior;

-- How far up an agency's own report counts: below the nearest superior whose report includes those below it.
CREATE TEMPORARY VIEW ceiling AS
SELECT closure.agency, min(closure.up) AS up FROM closure
  JOIN agency ON agency.name = closure.superior AND agency.aggregate
  JOIN counted ON counted.owner = closure.superior
WHERE closure.up >= 0 GROUP BY closure.agency;

-- The figures, one a row.
CREATE TEMPORARY VIEW figure AS
SELECT owner AS agency, year, field, value.value AS value, value.kind AS kind, value.raw AS raw, value.unit AS unit,
  value.place AS place, path, coalesce(value.adds, true) AS adds
FROM counted LATERAL VIEW explode(`values`) figures AS field, value;

INSERT OVERWRITE DIRECTORY '${hivevar:out}/values' USING parquet
SELECT agency, year, field, value, kind, raw, unit, place, path FROM figure;

-- The sum of each agency with all below it; a figure of which nobody has a number has no row.
INSERT OVERWRITE DIRECTORY '${hivevar:out}/sums' USING parquet
SELECT closure.superior AS agency, figure.year, figure.field, sum(figure.value) AS value, count(figure.value) AS reports
FROM figure JOIN closure ON closure.agency = figure.agency LEFT JOIN ceiling ON ceiling.agency = figure.agency
WHERE figure.adds AND figure.value IS NOT NULL AND (ceiling.up IS NULL OR closure.up < ceiling.up)
GROUP BY closure.superior, figure.year, figure.field;

-- What the sums lack or should be looked at. The only agency at the top is not expected to report: the sums are its report.
CREATE TEMPORARY VIEW problem AS
SELECT 'missing' AS problem, name AS agency, CAST(NULL AS ARRAY<STRING>) AS paths FROM agency
  WHERE name NOT IN (SELECT owner FROM counted)
    AND NOT (size(superiors) = 0 AND (SELECT count(*) FROM agency WHERE size(superiors) = 0) = 1
      AND (SELECT count(*) FROM agency) > 1)
UNION ALL
SELECT 'reported more than once', owner, transform(array_sort(collect_list(struct(choice, path))), item -> item.path) FROM report
  JOIN agency ON agency.name = report.owner GROUP BY owner HAVING count(*) > 1
UNION ALL
SELECT 'not in the agencies file', owner, collect_list(path) FROM report LEFT ANTI JOIN agency ON agency.name = report.owner GROUP BY owner
UNION ALL
SELECT 'does not say whether it includes those below it', name, NULL FROM agency
  WHERE aggregate IS NULL AND name IN (SELECT owner FROM counted)
    AND name IN (SELECT superior FROM closure JOIN counted ON counted.owner = closure.agency WHERE up >= 0)
UNION ALL
SELECT concat('of ', form, ' ', coalesce(year, '?')), coalesce(listed, agency), array(path) FROM converted
  WHERE form <> '${hivevar:form}' OR year <> ${hivevar:year} OR form IS NOT NULL AND year IS NULL
UNION ALL
SELECT concat('no report: ', findings[0].code), NULL, array(path) FROM converted WHERE form IS NULL;

INSERT OVERWRITE DIRECTORY '${hivevar:out}/problems' USING json
SELECT /*+ COALESCE(1) */ * FROM problem ORDER BY problem, agency, paths;

CREATE TEMPORARY VIEW told USING json OPTIONS (path '${hivevar:out}/problems');
SELECT problem, count(*) AS times FROM told GROUP BY problem ORDER BY problem;
