-- Counts with the units counted. A count that was recorded too late is refused: the job may no
-- longer have the movements after it.
CREATE TEMPORARY VIEW stg_stock_counts AS
WITH timed_counts AS (
  SELECT
    *,
    ${count_seconds} > 0 AND recorded_at > TIMESTAMPADD(SECOND, ${count_seconds}, counted_at)
      AS is_too_old
  FROM stock_counts
)
SELECT
  event_id,
  CASE WHEN is_too_old THEN 'refused_count' ELSE 'count' END AS kind,
  store_id,
  sku,
  CAST(quantity AS BIGINT) AS quantity,
  CAST(NULL AS DECIMAL(12, 2)) AS line_amount,
  CAST(NULL AS STRING) AS currency,
  CASE WHEN is_too_old THEN 'recorded more than ${count_seconds} s after it was taken' END
    AS reason,
  CAST(NULL AS STRING) AS reference,
  CAST(NULL AS STRING) AS counterpart,
  CAST(NULL AS TIMESTAMP(3)) AS expected_at,
  counted_at AS occurred_at,
  recorded_at,
  accepted_at,
  source_topic,
  source_partition,
  source_offset
FROM timed_counts
