-- The level of every (store, product): one aggregate over single movements, so that each
-- row it publishes is the exact level after some prefix of the accepted events.
INSERT INTO inventory_levels
SELECT
  store_id,
  sku,
  SUM(delta) AS on_hand,
  SUM(CASE WHEN kind = 'sale' AND delta < 0 THEN -delta ELSE 0 END) AS sold,
  SUM(CASE WHEN kind = 'sale' AND delta > 0 THEN delta ELSE 0 END) AS returned,
  SUM(CASE WHEN kind = 'shipment' THEN delta ELSE 0 END) AS received,
  COUNT(*) AS version,
  MAX(occurred_at) AS last_movement_at
FROM once
GROUP BY store_id, sku
