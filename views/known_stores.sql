-- The stores that are known, or have stock, an order or a transfer. Each store is one step in an
-- index: a distinct over all rows would read all of them.
with recursive
stocked(store_id) as (
    select min(store_id) from inventory_levels
    union all
    select (select min(store_id) from inventory_levels where store_id > stocked.store_id)
    from stocked where store_id is not null
),
ordering(store_id) as (
    select min(store_id) from open_orders
    union all
    select (select min(store_id) from open_orders where store_id > ordering.store_id)
    from ordering where store_id is not null
),
receiving(store_id) as (
    select min(to_store) from open_transfers
    union all
    select (select min(to_store) from open_transfers where to_store > receiving.store_id)
    from receiving where store_id is not null
)
select store_id from stores
union
select store_id from stocked where store_id is not null
union
select store_id from ordering where store_id is not null
union
select store_id from receiving where store_id is not null
order by store_id
