-- Net units and revenue of each local business day. No window closes it: a late sale corrects its
-- day. Mini-batch writes a day's changes together; the size is so large that only the latency ends
-- a batch.
SET 'table.exec.mini-batch.enabled' = '${days_mini_batch}';
SET 'table.exec.mini-batch.allow-latency' = '${days_milliseconds} ms';
SET 'table.exec.mini-batch.size' = '1000000';
INSERT INTO sales_by_day
WITH sales AS (
  SELECT
    store_id,
    sku,
    currency,
    -- Whole minutes, as no zone's offset has seconds: TIMESTAMPDIFF of seconds overflows in 2038.
    CAST(TO_TIMESTAMP_LTZ(
      60 * CAST(TIMESTAMPDIFF(MINUTE, TIMESTAMP '1970-01-01 00:00:00', occurred_at) AS BIGINT), 0
    ) AS DATE) AS business_date,
    quantity,
    line_amount
  FROM deduplicated_events
  WHERE kind IN ('sale', 'return')
)
SELECT
  store_id,
  sku,
  currency,
  -- Here, and not in the key: text is slower to compare, and would be written for each sale.
  CAST(business_date AS STRING) AS business_day,
  -SUM(quantity) AS units,
  -- Limited to what the column holds: beyond it, the CAST would be NULL and end the job.
  CAST(GREATEST(LEAST(
    SUM(line_amount), 9999999999999999.99
  ), -9999999999999999.99) AS DECIMAL(18, 2)) AS revenue,
  COUNT(*) AS version,
  GENERATION() AS generation
FROM sales
GROUP BY store_id, sku, currency, business_date
