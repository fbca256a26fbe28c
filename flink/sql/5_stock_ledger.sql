-- Every accepted movement and count, once, and every refused count with its reason; and where
-- the delivery that was taken came from.
INSERT INTO stock_ledger
SELECT
  event_id,
  store_id,
  sku,
  kind,
  quantity,
  reason,
  reference,
  occurred_at,
  recorded_at,
  source_topic,
  source_partition,
  source_offset
FROM once
WHERE kind NOT IN ('placed', 'cancelled')
