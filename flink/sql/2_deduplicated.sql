-- The first delivery of every event_id; later ones are repeats and change nothing.
-- "First" is by arrival (processing time): by event time a late new event would be lost.
CREATE TEMPORARY VIEW once_planned AS
WITH arrivals AS (
  SELECT *, PROCTIME() AS arrived_at FROM events
),
deliveries AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY arrived_at ASC) AS delivery
  FROM arrivals
)
SELECT
  event_id,
  kind,
  store_id,
  sku,
  quantity,
  line_amount,
  currency,
  reason,
  reference,
  counterpart,
  expected_at,
  occurred_at,
  recorded_at,
  source_topic,
  source_partition,
  source_offset
FROM deliveries
WHERE delivery = 1
