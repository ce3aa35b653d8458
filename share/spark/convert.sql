-- Converts the reports of a manifest: outputs into a folder that every node writes to, one row a report into a table in Parquet.
-- Started by plain spark-sql; README.md beside this file has the commands. Variables (--hivevar NAME=VALUE):
--   manifest  text, a path a line, as the nodes open them
--   table     folder of the table; what it holds is replaced
--   filter    the command, such as: ./nianbao filter --out /mnt/out --agencies ./agencies.csv
--   parts     tasks; 200 to 500 reports each are enough

CREATE TEMPORARY VIEW manifest USING text OPTIONS (path '${hivevar:manifest}');

INSERT OVERWRITE DIRECTORY '${hivevar:table}' USING parquet
SELECT report.* FROM (
  SELECT from_json(line, 'version INT, program STRING, path STRING, sha256 STRING, status STRING, form STRING, agency STRING,
    listed STRING, year INT, published DATE, outputs ARRAY<STRING>,
    `values` MAP<STRING, STRUCT<value: DECIMAL(38, 10), kind: STRING, raw: STRING, unit: STRING, place: STRING, adds: BOOLEAN>>,
    findings ARRAY<STRUCT<code: STRING, severity: STRING, rule: STRING, fields: ARRAY<STRING>, place: STRING,
      message: STRUCT<zh: STRING, en: STRING>>>') AS report
  FROM (
    SELECT TRANSFORM (value) USING '${hivevar:filter}' AS (line STRING)
    FROM (SELECT /*+ REPARTITION(${hivevar:parts}) */ value FROM manifest) AS spread
  ) AS lines
) AS reports;

CREATE TEMPORARY VIEW converted USING parquet OPTIONS (path '${hivevar:table}');

-- No status at all is a line that Spark could not read: it stops the script here.
SELECT status, count(*) AS reports FROM converted GROUP BY status ORDER BY status;
SELECT assert_true(lines = good, concat(lines, ' lines in the manifest, but ', good, ' rows')) FROM
  (SELECT count(*) AS lines FROM manifest) AS wanted CROSS JOIN (SELECT count(status) AS good FROM converted) AS found;
