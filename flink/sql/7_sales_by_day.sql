-- Net units and revenue of every local business day; no window closes it, so that a sale that
-- comes late corrects its day.
INSERT INTO sales_by_day
WITH sales AS (
  SELECT
    store_id,
    sku,
    currency,
    -- Whole minutes, as no zone's offset has seconds in it: whole seconds overflow in 2038.
    CAST(CAST(TO_TIMESTAMP_LTZ(
      60 * CAST(TIMESTAMPDIFF(MINUTE, TIMESTAMP '1970-01-01 00:00:00', occurred_at) AS BIGINT), 0
    ) AS DATE) AS STRING) AS business_day,
    quantity,
    line_amount
  FROM once
  WHERE kind IN ('sale', 'return')
)
SELECT
  store_id,
  sku,
  currency,
  business_day,
  -SUM(quantity) AS units,
  CAST(SUM(line_amount) AS DECIMAL(18, 2)) AS revenue,
  COUNT(*) AS version
FROM sales
GROUP BY store_id, sku, currency, business_day
