-- The codes of products, of which the last line counts.
SELECT sku, barcodes FROM valid_events WHERE record_type = 'Product' ORDER BY file_row
