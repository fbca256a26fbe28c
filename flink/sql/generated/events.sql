-- Generated from schemas/*.avsc by `make schemas`: change those files, not this one.
-- All events in one form; the staging view of a source is in sql/staging/stg_*.sql.
CREATE TEMPORARY VIEW events AS
SELECT * FROM stg_adjustments
UNION ALL
SELECT * FROM stg_replenishment_orders
UNION ALL
SELECT * FROM stg_shipments
UNION ALL
SELECT * FROM stg_stock_counts
UNION ALL
SELECT * FROM stg_transactions
UNION ALL
SELECT * FROM stg_transfers
