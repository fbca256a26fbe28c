-- Goods received from a supplier or warehouse, with the order that they belong to.
CREATE TEMPORARY VIEW stg_shipments AS
SELECT
  event_id,
  'shipment' AS kind,
  store_id,
  sku,
  CAST(quantity AS BIGINT) AS quantity,
  CAST(NULL AS DECIMAL(12, 2)) AS line_amount,
  CAST(NULL AS STRING) AS currency,
  CAST(NULL AS STRING) AS reason,
  order_id AS reference,
  CAST(NULL AS STRING) AS counterpart,
  CAST(NULL AS TIMESTAMP(3)) AS expected_at,
  occurred_at,
  recorded_at,
  accepted_at,
  source_topic,
  source_partition,
  source_offset
FROM shipments
