-- The legs of a transfer: `shipped` leaves the sending store, `received` adds to the receiving one,
-- `lost` moves no stock.
CREATE TEMPORARY VIEW stg_transfers AS
SELECT
  event_id,
  CASE phase
    WHEN 'shipped' THEN 'transfer_out'
    WHEN 'received' THEN 'transfer_in'
    WHEN 'lost' THEN 'transfer_lost'
    ELSE CONCAT('unknown phase ', phase)
  END AS kind,
  CASE WHEN phase = 'shipped' THEN from_store ELSE to_store END AS store_id,
  sku,
  CASE WHEN phase = 'shipped' THEN -1 ELSE 1 END * CAST(quantity AS BIGINT) AS quantity,
  CAST(NULL AS DECIMAL(12, 2)) AS line_amount,
  CAST(NULL AS STRING) AS currency,
  CAST(NULL AS STRING) AS reason,
  transfer_id AS reference,
  CASE WHEN phase = 'shipped' THEN to_store ELSE from_store END AS counterpart,
  CAST(NULL AS TIMESTAMP(3)) AS expected_at,
  occurred_at,
  recorded_at,
  accepted_at,
  source_topic,
  source_partition,
  source_offset
FROM transfers
