-- Every event in one form: movements of stock with their sign (units that came to the shelf
-- count up, units that left it count down), counts with the units found, and orders. A count that
-- was recorded too late is refused: movements after it may be forgotten already. Quantities
-- are widened before anything is done with them, so that no sum and no change of sign overflows.
CREATE TEMPORARY VIEW events AS
WITH sales AS (
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
),
receipts AS (
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
    source_topic,
    source_partition,
    source_offset
  FROM shipments
),
corrections AS (
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
    source_topic,
    source_partition,
    source_offset
  FROM adjustments
),
legs AS (
  SELECT
    event_id,
    CASE WHEN phase = 'shipped' THEN 'transfer_out' ELSE 'transfer_in' END AS kind,
    CASE WHEN phase = 'shipped' THEN from_store ELSE to_store END AS store_id,
    sku,
    CASE WHEN phase = 'shipped' THEN -1 ELSE 1 END * CAST(quantity AS BIGINT) AS quantity,
    CAST(NULL AS DECIMAL(12, 2)) AS line_amount,
    CAST(NULL AS STRING) AS currency,
    CAST(NULL AS STRING) AS reason,
    transfer_id AS reference,
    CASE WHEN phase = 'shipped' THEN to_store ELSE from_store END AS counterpart,
    CAST(NULL AS TIMESTAMP(3)) AS expected_at,
    occurred_at,
    recorded_at,
    source_topic,
    source_partition,
    source_offset
  FROM transfers
),
timed_counts AS (
  SELECT
    *,
    ${count_seconds} > 0 AND recorded_at > TIMESTAMPADD(SECOND, ${count_seconds}, counted_at)
      AS is_too_old
  FROM stock_counts
),
counts AS (
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
    source_topic,
    source_partition,
    source_offset
  FROM timed_counts
),
orders AS (
  SELECT
    event_id,
    status AS kind,
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
    source_topic,
    source_partition,
    source_offset
  FROM replenishment_orders
)
SELECT * FROM sales
UNION ALL
SELECT * FROM receipts
UNION ALL
SELECT * FROM corrections
UNION ALL
SELECT * FROM legs
UNION ALL
SELECT * FROM counts
UNION ALL
SELECT * FROM orders
