-- One entry for each accepted movement and count and each refused count, with the topic,
-- partition and offset of the accepted delivery. Rows without an id stand for conflicts.
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
FROM deduplicated_events
WHERE kind IN (
  'sale', 'return', 'shipment', 'adjustment', 'transfer_in', 'transfer_out', 'count',
  'refused_count'
) AND event_id <> ''
