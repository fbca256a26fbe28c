-- Ordered, received and remaining units of each product of an order, whatever the arrival order
-- of its placements, its cancellation and its shipments.
INSERT INTO open_orders
WITH lines AS (
  SELECT
    reference AS order_id,
    store_id,
    sku,
    kind,
    quantity,
    CASE WHEN kind = 'placed' THEN expected_at END AS expected_at
  FROM deduplicated_events
  WHERE kind IN ('placed', 'cancelled') OR (kind = 'shipment' AND reference IS NOT NULL)
),
orders AS (
  SELECT
    order_id,
    store_id,
    sku,
    SUM(CASE WHEN kind = 'placed' THEN quantity ELSE 0 END) AS ordered,
    SUM(CASE WHEN kind = 'shipment' THEN quantity ELSE 0 END) AS received,
    COUNT(CASE WHEN kind = 'cancelled' THEN 1 END) > 0 AS cancelled,
    MAX(expected_at) AS expected_at,
    COUNT(*) AS version
  FROM lines
  GROUP BY order_id, store_id, sku
)
SELECT
  order_id,
  store_id,
  sku,
  ordered,
  received,
  CASE WHEN cancelled THEN 0 ELSE GREATEST(ordered - received, 0) END AS remaining,
  cancelled,
  expected_at,
  version
FROM orders
