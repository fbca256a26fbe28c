-- Products of a code, which is a SKU or a barcode, with on hand in a store.
with codes as (
    select sku from product_barcodes where barcode in :barcodes
    union
    select sku from products where sku = :code
    union
    select sku from inventory_levels where store_id = :store_id and sku = :code
)

select codes.sku, products.name, products.unit, inventory_levels.on_hand
from codes
left join products on products.sku = codes.sku
left join inventory_levels
    on inventory_levels.sku = codes.sku and inventory_levels.store_id = :store_id
order by codes.sku <> :code, products.name nulls last, codes.sku
limit :limit
