-- Sales and returns: units sold leave the shelf, units returned come back.
CREATE TEMPORARY VIEW stg_transactions AS
SELECT
  event_id,
  CASE WHEN quantity < 0 THEN 'return' ELSE 'sale' END AS kind,
  store_id,
  sku,
  -CAST(quantity AS BIGINT) AS quantity,
  line_amount,
  currency,
  CAST(NULL AS STRING) AS reason,
  receipt_id AS reference,
  CAST(NULL AS STRING) AS counterpart,
  CAST(NULL AS TIMESTAMP(3)) AS expected_at,
  occurred_at,
  recorded_at,
  source_topic,
  source_partition,
  source_offset
FROM transactions
