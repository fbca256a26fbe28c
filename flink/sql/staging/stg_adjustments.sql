-- Corrections of the stock with their reason.
CREATE TEMPORARY VIEW stg_adjustments AS
SELECT
  event_id,
  'adjustment' AS kind,
  store_id,
  sku,
  CAST(quantity AS BIGINT) AS quantity,
  CAST(NULL AS DECIMAL(12, 2)) AS line_amount,
  CAST(NULL AS STRING) AS currency,
  reason,
  CAST(NULL AS STRING) AS reference,
  CAST(NULL AS STRING) AS counterpart,
  CAST(NULL AS TIMESTAMP(3)) AS expected_at,
  occurred_at,
  recorded_at,
  accepted_at,
  source_topic,
  source_partition,
  source_offset
FROM adjustments
