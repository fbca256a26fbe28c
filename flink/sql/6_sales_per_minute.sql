-- Units and revenue of each minute of event time, published when the watermark passes its end.
INSERT INTO sales_per_minute
WITH sales AS (
  SELECT * FROM deduplicated_events WHERE kind IN ('sale', 'return')
)
SELECT
  store_id,
  sku,
  currency,
  window_start AS minute_start,
  -SUM(quantity) AS units,
  CAST(SUM(line_amount) AS DECIMAL(18, 2)) AS revenue
FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(occurred_at), INTERVAL '1' MINUTE))
GROUP BY store_id, sku, currency, window_start, window_end
