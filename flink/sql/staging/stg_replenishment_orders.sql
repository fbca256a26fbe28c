-- Orders placed or cancelled; they move no stock.
CREATE TEMPORARY VIEW stg_replenishment_orders AS
SELECT
  event_id,
  CASE
    WHEN status IN ('placed', 'cancelled') THEN status
    ELSE CONCAT('unknown status ', status)
  END AS kind,
  store_id,
  sku,
  CAST(quantity AS BIGINT) AS quantity,
  CAST(NULL AS DECIMAL(12, 2)) AS line_amount,
  CAST(NULL AS STRING) AS currency,
  CAST(NULL AS STRING) AS reason,
  order_id AS reference,
  CAST(NULL AS STRING) AS counterpart,
  expected_at,
  occurred_at,
  recorded_at,
  accepted_at,
  source_topic,
  source_partition,
  source_offset
FROM replenishment_orders
