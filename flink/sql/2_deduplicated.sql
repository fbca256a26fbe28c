-- The first delivery of each event_id; repeats are dropped for the dedup horizon.
-- First by processing time: ordered by event time, Flink would drop new events that arrive late.
SET 'table.exec.state.ttl' = '${dedup_seconds} s';
CREATE TEMPORARY VIEW deduplicated_events_plan AS
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
