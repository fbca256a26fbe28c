-- Every event that moves stock, with its sign: units that came to the shelf count up,
-- units that left it count down. Quantities are widened before anything is done with them,
-- so that no sum and no change of sign can overflow.
CREATE TEMPORARY VIEW movements AS
WITH sales AS (
  SELECT
    event_id,
    store_id,
    sku,
    'sale' AS kind,
    -CAST(quantity AS BIGINT) AS delta,
    line_amount,
    currency,
    occurred_at
  FROM transactions
),
receipts AS (
  SELECT
    event_id,
    store_id,
    sku,
    'shipment' AS kind,
    CAST(quantity AS BIGINT) AS delta,
    CAST(NULL AS DECIMAL(12, 2)) AS line_amount,
    CAST(NULL AS STRING) AS currency,
    occurred_at
  FROM shipments
)
SELECT * FROM sales
UNION ALL
SELECT * FROM receipts
