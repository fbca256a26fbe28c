-- Levels without anchors: what a job costs that only sums what it accepts.
INSERT INTO inventory_levels
SELECT
  store_id,
  sku,
  SUM(CASE WHEN kind = 'count' THEN 0 ELSE quantity END) AS on_hand,
  SUM(CASE WHEN kind = 'sale' THEN -quantity ELSE 0 END) AS sold,
  SUM(CASE WHEN kind = 'return' THEN quantity ELSE 0 END) AS returned,
  SUM(CASE WHEN kind = 'shipment' THEN quantity ELSE 0 END) AS received,
  COUNT(*) AS version,
  MAX(CAST(occurred_at AS TIMESTAMP(3))) AS last_movement_at,
  SUM(CASE WHEN kind = 'adjustment' THEN quantity ELSE 0 END) AS adjusted,
  SUM(CASE WHEN kind = 'transfer_in' THEN quantity ELSE 0 END) AS transferred_in,
  SUM(CASE WHEN kind = 'transfer_out' THEN -quantity ELSE 0 END) AS transferred_out,
  CAST(NULL AS TIMESTAMP(3)) AS counted_at,
  GENERATION() AS generation
FROM deduplicated_events
WHERE kind NOT IN ('placed', 'cancelled')
GROUP BY store_id, sku
