-- Products of the catalogue or of a store's shelves, with on hand in the store.
with codes as (
    select sku from products
    union
    select sku from inventory_levels where store_id = :store_id
)

select codes.sku, products.name, products.unit, inventory_levels.on_hand
from codes
left join products on products.sku = codes.sku
left join inventory_levels
    on inventory_levels.sku = codes.sku and inventory_levels.store_id = :store_id
