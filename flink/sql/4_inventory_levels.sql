-- The level of each (store, product) after each of its events. The time-to-live is that of
-- movements after the latest count; totals are kept forever (see StockLevel.java).
SET 'table.exec.state.ttl' = '${movement_seconds} s';
INSERT INTO inventory_levels
WITH stock_events AS (
  SELECT
    event_id,
    kind,
    store_id,
    sku,
    quantity,
    CAST(occurred_at AS TIMESTAMP(3)) AS occurred_at
  FROM deduplicated_events
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
