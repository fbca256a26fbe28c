-- The newest movements and counts of a shelf until a moment, the newest first. A count is after the
-- movements of its very moment: it covers them, whenever they arrived.
with movements as (
    select
        event_id, kind, quantity, reason, reference, occurred_at, recorded_at,
        case when kind = 'count' then 1 else 0 end as is_count
    from stock_ledger
    where store_id = :store_id and sku = :sku and occurred_at <= :until
)
select event_id, kind, quantity, reason, reference, occurred_at, recorded_at
from movements
order by occurred_at desc, is_count desc, event_id desc
limit :row_limit
