-- Ordered, received and remaining units of each product of an order, whatever the arrival order
-- of its placements, its cancellation and its shipments. A finished order is deleted once no event
-- of it has been accepted for a while. Every new row is an INSERT, which overwrites the row of its
-- key in the topic: FROM_CHANGELOG has updates only with the row before.
INSERT INTO open_orders
WITH order_events AS (
  SELECT
    reference AS order_id,
    store_id,
    sku,
    CASE WHEN kind = 'placed' THEN quantity ELSE 0 END AS promised,
    CASE WHEN kind = 'shipment' THEN quantity ELSE 0 END AS received,
    CAST(0 AS BIGINT) AS lost,
    kind = 'cancelled' AS cancelled,
    CASE WHEN kind = 'placed' THEN expected_at END AS expected_at,
    accepted_at
  FROM deduplicated_events
  WHERE kind IN ('placed', 'cancelled') OR (kind = 'shipment' AND reference IS NOT NULL)
),
order_changes AS (
  SELECT
    order_id,
    store_id,
    sku,
    change,
    promised AS ordered,
    received,
    remaining,
    cancelled,
    expected_at,
    version
  FROM OPEN_ITEM(
    event => TABLE order_events PARTITION BY (order_id, store_id, sku),
    finished_seconds => CAST(${finished_seconds} AS BIGINT),
    on_time => DESCRIPTOR(accepted_at),
    uid => 'orders'
  )
)
SELECT
  order_id,
  store_id,
  sku,
  ordered,
  received,
  remaining,
  cancelled,
  expected_at,
  version,
  GENERATION() AS generation
FROM FROM_CHANGELOG(
  input => TABLE order_changes,
  op => DESCRIPTOR(change),
  op_mapping => MAP['put', 'INSERT', 'removed', 'DELETE'],
  uid => 'order-rows'
)
