-- The first delivery of every event_id; later ones are repeats and change nothing.
-- "First" is by arrival (processing time): by event time a late new event would be lost.
CREATE TEMPORARY VIEW once_planned AS
WITH arrivals AS (
  SELECT *, PROCTIME() AS arrived_at FROM movements
),
deliveries AS (
  SELECT
    *,
    ROW_NUMBER() OVER (PARTITION BY event_id ORDER BY arrived_at ASC) AS delivery
  FROM arrivals
)
SELECT
  event_id,
  store_id,
  sku,
  kind,
  delta,
  line_amount,
  currency,
  occurred_at
FROM deliveries
WHERE delivery = 1
