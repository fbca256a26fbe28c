-- Units and revenue of each minute after each of its sales, late ones included.
INSERT INTO sales_per_minute
WITH sales AS (
  SELECT kind, store_id, sku, currency, quantity, line_amount, occurred_at, accepted_at
  FROM deduplicated_events
  WHERE kind IN ('sale', 'return')
)
SELECT
  store_id,
  sku,
  currency,
  minute_start,
  units,
  revenue,
  version,
  GENERATION() AS generation
FROM SALES_MINUTE(
  sale => TABLE sales PARTITION BY (store_id, sku, currency),
  on_time => DESCRIPTOR(accepted_at),
  uid => 'minutes'
)
