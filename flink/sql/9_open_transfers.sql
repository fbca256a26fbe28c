-- Shipped, received and in-transit units of each product of a transfer, whatever the arrival
-- order of its legs.
INSERT INTO open_transfers
WITH transfer_legs AS (
  SELECT
    reference AS transfer_id,
    CASE WHEN kind = 'transfer_out' THEN store_id ELSE counterpart END AS from_store,
    CASE WHEN kind = 'transfer_out' THEN counterpart ELSE store_id END AS to_store,
    sku,
    kind,
    quantity
  FROM deduplicated_events
  WHERE kind IN ('transfer_out', 'transfer_in')
),
transfers_so_far AS (
  SELECT
    transfer_id,
    from_store,
    to_store,
    sku,
    SUM(CASE WHEN kind = 'transfer_out' THEN -quantity ELSE 0 END) AS shipped,
    SUM(CASE WHEN kind = 'transfer_in' THEN quantity ELSE 0 END) AS received,
    COUNT(*) AS version
  FROM transfer_legs
  GROUP BY transfer_id, from_store, to_store, sku
)
SELECT
  transfer_id,
  from_store,
  to_store,
  sku,
  shipped,
  received,
  GREATEST(shipped - received, 0) AS in_transit,
  version
FROM transfers_so_far
