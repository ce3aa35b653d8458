-- As convert.sql, for files that the nodes cannot open by a path: Spark reads them and hands their bytes to the filter.
-- Variables: `reports` (a folder or glob that Spark reads), `table`, `filter`. Spark parts the files among tasks itself; a repartition
-- would send all bytes through the network, so a small `openCostInBytes` is how to have more files a task.

SET spark.sql.files.openCostInBytes = 262144;

CREATE TEMPORARY VIEW stored USING binaryFile OPTIONS (path '${hivevar:reports}', recursiveFileLookup 'true');

INSERT OVERWRITE DIRECTORY '${hivevar:table}' USING parquet
SELECT report.* FROM (
  SELECT from_json(line, 'version INT, program STRING, path STRING, sha256 STRING, status STRING, form STRING, agency STRING,
    listed STRING, year INT, published DATE, outputs ARRAY<STRING>,
    `values` MAP<STRING, STRUCT<value: DECIMAL(38, 10), kind: STRING, raw: STRING, unit: STRING, place: STRING, adds: BOOLEAN>>,
    findings ARRAY<STRUCT<code: STRING, severity: STRING, rule: STRING, fields: ARRAY<STRING>, place: STRING,
      message: STRUCT<zh: STRING, en: STRING>>>') AS report
  FROM (
    -- base64() breaks its lines; the filter wants one line a file.
    SELECT TRANSFORM (path, replace(replace(base64(content), chr(13), ''), chr(10), '')) USING '${hivevar:filter}' AS (line STRING)
    FROM stored
  ) AS lines
) AS reports;

CREATE TEMPORARY VIEW converted USING parquet OPTIONS (path '${hivevar:table}');
SELECT status, count(*) AS reports FROM converted GROUP BY status ORDER BY status;
SELECT assert_true(files = good, concat(files, ' files, but ', good, ' rows')) FROM
  (SELECT count(path) AS files FROM stored) AS wanted CROSS JOIN (SELECT count(status) AS good FROM converted) AS found;
