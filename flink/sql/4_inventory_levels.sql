-- The level of every (store, product) after each of its events.
INSERT INTO inventory_levels
WITH stock_events AS (
  SELECT
    event_id,
    kind,
    store_id,
    sku,
    quantity,
    CAST(occurred_at AS TIMESTAMP(3)) AS occurred_at
  FROM once
  WHERE kind NOT IN ('placed', 'cancelled', 'refused_count')
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
  counted_at
FROM STOCK_LEVEL(event => TABLE stock_events PARTITION BY (store_id, sku), uid => 'levels')
