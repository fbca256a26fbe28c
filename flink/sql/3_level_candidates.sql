-- The level of every (store, product): its latest count and every movement after it. Each event
-- takes two ways to the join, as a movement and, if it is a count, as the anchor of all its key's
-- movements, and nothing makes the two arrive together. The last three columns tell whether they
-- have: whether the anchor is the latest of the counts among the movements.
CREATE TEMPORARY VIEW level_candidates AS
WITH movements AS (
  SELECT
    event_id,
    store_id,
    sku,
    kind,
    quantity,
    -- As a plain time: batches would follow the watermark if it were the event time.
    CAST(occurred_at AS TIMESTAMP(3)) AS occurred_at
  FROM once
  WHERE kind NOT IN ('placed', 'cancelled')
),
counts AS (
  SELECT
    event_id,
    store_id,
    sku,
    occurred_at,
    ROW_NUMBER() OVER (
      PARTITION BY store_id, sku ORDER BY occurred_at DESC, event_id DESC
    ) AS place
  FROM movements
  WHERE kind = 'count'
),
anchors AS (
  SELECT event_id, store_id, sku, occurred_at FROM counts WHERE place = 1
),
anchored AS (
  SELECT
    movements.store_id,
    movements.sku,
    movements.kind,
    movements.quantity,
    movements.occurred_at,
    movements.event_id = anchors.event_id IS TRUE AS is_anchor,
    anchors.event_id IS NULL
      OR movements.occurred_at > anchors.occurred_at
      OR (movements.occurred_at = anchors.occurred_at AND movements.event_id > anchors.event_id)
      AS is_later,
    anchors.event_id IS NULL OR movements.occurred_at > anchors.occurred_at AS is_after_anchor,
    anchors.event_id IS NOT NULL AS has_anchor
  FROM movements
  LEFT JOIN anchors ON movements.store_id = anchors.store_id AND movements.sku = anchors.sku
)
SELECT
  store_id,
  sku,
  SUM(CASE WHEN is_anchor OR is_after_anchor THEN quantity ELSE 0 END) AS on_hand,
  SUM(CASE WHEN kind = 'sale' THEN -quantity ELSE 0 END) AS sold,
  SUM(CASE WHEN kind = 'return' THEN quantity ELSE 0 END) AS returned,
  SUM(CASE WHEN kind = 'shipment' THEN quantity ELSE 0 END) AS received,
  COUNT(*) AS version,
  MAX(occurred_at) AS last_movement_at,
  SUM(CASE WHEN kind = 'adjustment' THEN quantity ELSE 0 END) AS adjusted,
  SUM(CASE WHEN kind = 'transfer_in' THEN quantity ELSE 0 END) AS transferred_in,
  SUM(CASE WHEN kind = 'transfer_out' THEN -quantity ELSE 0 END) AS transferred_out,
  MAX(CASE WHEN is_anchor THEN occurred_at END) AS counted_at,
  COUNT(CASE WHEN kind = 'count' AND is_later THEN 1 END) AS later_counts,
  COUNT(CASE WHEN has_anchor THEN 1 END) AS anchored_rows,
  COUNT(CASE WHEN is_anchor THEN 1 END) AS anchor_rows
FROM anchored
GROUP BY store_id, sku
