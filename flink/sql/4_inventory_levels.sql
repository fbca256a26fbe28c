-- The level of each (store, product) after each of its events.
INSERT INTO inventory_levels
WITH stock_events AS (
  SELECT event_id, kind, store_id, sku, quantity, occurred_at, accepted_at
  FROM deduplicated_events
  WHERE kind IN (
    'sale', 'return', 'shipment', 'adjustment', 'transfer_in', 'transfer_out', 'count'
  )
)
SELECT
  store_id,
  sku,
  on_hand,
  sold,
  returned,
  received,
  version,
  last_movement_at,
  adjusted,
  transferred_in,
  transferred_out,
  counted_at,
  GENERATION() AS generation
FROM STOCK_LEVEL(
  event => TABLE stock_events PARTITION BY (store_id, sku),
  movement_seconds => CAST(${movement_seconds} AS BIGINT),
  on_time => DESCRIPTOR(accepted_at),
  uid => 'levels'
)
