-- Only levels that are true are published: those whose anchor is the latest count of the movements
-- that they sum. One that is not is held back, not deleted; it follows as soon as the other way
-- of its events has caught up.
INSERT INTO inventory_levels
SELECT
  store_id,
  sku,
  on_hand,
  sold,
  returned,
  received,
  version,
  last_movement_at,
  adjusted,
  transferred_in,
  transferred_out,
  counted_at
FROM TO_CHANGELOG(input => TABLE level_candidates)
WHERE op IN ('INSERT', 'UPDATE_AFTER')
  AND later_counts = 0
  AND (anchored_rows = 0 OR anchor_rows = 1)
