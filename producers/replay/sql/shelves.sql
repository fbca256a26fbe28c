-- The shelves that sales and changes of stock need goods on.
SELECT DISTINCT store_id, sku
FROM valid_events
WHERE record_type IN ('Transaction', 'Adjustment') AND store_id IS NOT NULL AND sku IS NOT NULL
