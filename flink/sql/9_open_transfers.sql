-- Shipped, received, lost and in-transit units of each product of a transfer, whatever the arrival
-- order of its legs. A finished transfer is deleted once no leg of it has been accepted for a while.
-- Every new row is an INSERT, as in 8_open_orders.sql.
INSERT INTO open_transfers
WITH transfer_legs AS (
  SELECT
    reference AS transfer_id,
    CASE WHEN kind = 'transfer_out' THEN store_id ELSE counterpart END AS from_store,
    CASE WHEN kind = 'transfer_out' THEN counterpart ELSE store_id END AS to_store,
    sku,
    CASE WHEN kind = 'transfer_out' THEN -quantity ELSE 0 END AS promised,
    CASE WHEN kind = 'transfer_in' THEN quantity ELSE 0 END AS received,
    CASE WHEN kind = 'transfer_lost' THEN quantity ELSE 0 END AS lost,
    FALSE AS cancelled,
    CAST(NULL AS TIMESTAMP(3)) AS expected_at,
    accepted_at
  FROM deduplicated_events
  WHERE kind IN ('transfer_out', 'transfer_in', 'transfer_lost')
),
transfer_changes AS (
  SELECT
    transfer_id,
    from_store,
    to_store,
    sku,
    change,
    promised AS shipped,
    received,
    lost,
    remaining AS in_transit,
    version
  FROM OPEN_ITEM(
    event => TABLE transfer_legs PARTITION BY (transfer_id, from_store, to_store, sku),
    finished_seconds => CAST(${finished_seconds} AS BIGINT),
    on_time => DESCRIPTOR(accepted_at),
    uid => 'transfers'
  )
)
SELECT
  transfer_id,
  from_store,
  to_store,
  sku,
  shipped,
  received,
  lost,
  in_transit,
  version,
  GENERATION() AS generation
FROM FROM_CHANGELOG(
  input => TABLE transfer_changes,
  op => DESCRIPTOR(change),
  op_mapping => MAP['put', 'INSERT', 'removed', 'DELETE'],
  uid => 'transfer-rows'
)
