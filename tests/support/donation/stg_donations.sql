-- Donations: units leave the shelf.
CREATE TEMPORARY VIEW stg_donations AS
SELECT
  event_id,
  'adjustment' AS kind,
  store_id,
  sku,
  -CAST(quantity AS BIGINT) AS quantity,
  CAST(NULL AS DECIMAL(12, 2)) AS line_amount,
  CAST(NULL AS STRING) AS currency,
  'donation' AS reason,
  charity AS reference,
  CAST(NULL AS STRING) AS counterpart,
  CAST(NULL AS TIMESTAMP(3)) AS expected_at,
  donated_at AS occurred_at,
  recorded_at,
  accepted_at,
  source_topic,
  source_partition,
  source_offset
FROM donations
