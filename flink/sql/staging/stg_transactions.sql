-- Sales and returns: units sold leave the shelf, units returned come back. The counterpart is the
-- till with its line and price, by which two equal lines of a receipt differ.
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
  CONCAT_WS(' ', terminal_id, CAST(line_no AS STRING), CAST(unit_price AS STRING))
    AS counterpart,
  CAST(NULL AS TIMESTAMP(3)) AS expected_at,
  occurred_at,
  recorded_at,
  accepted_at,
  source_topic,
  source_partition,
  source_offset
FROM transactions
