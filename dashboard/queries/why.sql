-- Every movement and count of a shelf until a moment, the newest first, with the balance after it.
-- A count begins a new section of the book: the movements after it are added to what was counted,
-- and those before it, or at its very moment, are covered by it, whenever they arrived.
with entries as (
    select
        event_id, kind, quantity, reason, reference, occurred_at, recorded_at,
        case when kind = 'count' then 1 else 0 end as is_count,
        case when kind = 'refused_count' then 0 else quantity end as effect
    from stock_ledger
    where store_id = :store_id and sku = :sku and occurred_at <= :until
),
sections as (
    select
        entries.*,
        sum(is_count) over (order by occurred_at, is_count, event_id) as section
    from entries
),
balances as (
    select
        sections.*,
        sum(effect) over (
            partition by section order by occurred_at, is_count, event_id
        ) as balance
    from sections
)
select event_id, kind, quantity, reason, reference, occurred_at, recorded_at, balance
from balances
order by occurred_at desc, is_count desc, event_id desc
limit :row_limit
