-- On hand before a movement or count of a shelf: what the last count before it found, and the
-- movements since then. A refused count has no effect.
with earlier as (
    select
        occurred_at, event_id,
        case when kind = 'count' then 1 else 0 end as is_count,
        case when kind = 'refused_count' then 0 else quantity end as effect
    from stock_ledger
    where store_id = :store_id and sku = :sku
        and occurred_at <= :occurred_at
        and (occurred_at, case when kind = 'count' then 1 else 0 end, event_id)
        < (:occurred_at, :is_count, :event_id)
),
last_count as (
    select occurred_at, is_count, event_id
    from earlier
    where is_count = 1
    order by occurred_at desc, event_id desc
    limit 1
)
select coalesce(sum(earlier.effect), 0)
from earlier left join last_count on 1 = 1
where last_count.event_id is null
    or (earlier.occurred_at, earlier.is_count, earlier.event_id)
    >= (last_count.occurred_at, last_count.is_count, last_count.event_id)
