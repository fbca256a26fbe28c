-- All stores beside each other, the one with the fewest weeks of supply first.
-- Of goods that are weighed or measured, a kilogram, litre or metre counts as a unit.
with sized as (
    select
        shelves.*,
        case when unit in ('g', 'ml', 'mm') then 0.001 else 1 end as size
    from shelves
),
stores as (
    select
        store_id,
        count(*) as products,
        sum(case when on_hand > 0 then on_hand * size else 0 end) as units,
        7 * sum(per_day * size) as units_a_week,
        sum(case when need <> 'none' then 1 else 0 end) as open_items,
        sum(case when need = 'stock error' then 1 else 0 end) as stock_errors,
        sum(case when need = 'empty' then 1 else 0 end) as empty,
        cast(round(sum(sold_last_hour * size), 3) as double precision) as sold_last_hour,
        max(last_movement_at) as newest_movement
    from sized
    group by store_id
)
select
    stores.store_id,
    products,
    case when units_a_week > 0 then units / units_a_week end as weeks_of_supply,
    open_items,
    stock_errors,
    empty,
    stores.sold_last_hour,
    newest_movement,
    most_urgent.sku as urgent_sku,
    most_urgent.name as urgent_name,
    most_urgent.need as urgent_need
from stores
left join shelves as most_urgent
    on
        most_urgent.store_id = stores.store_id
        and most_urgent.need <> 'none'
        and most_urgent.sku = (
            select shelves.sku
            from shelves
            where shelves.store_id = stores.store_id
            order by shelves.need_rank, shelves.urgency, shelves.sku
            limit 1
        )
order by weeks_of_supply nulls last, stores.store_id
