-- On hand before a movement or count of a shelf: what the last count before it found, and the
-- movements since then. A count is after the movements of its very moment; a refused one has no
-- effect. All movements but those of the very moment are read from an index alone.
with last_count as (
    select occurred_at, quantity
    from stock_ledger
    where store_id = :store_id and sku = :sku and kind = 'count'
        and occurred_at <= :occurred_at
        and (occurred_at < :occurred_at or (:is_count = 1 and event_id < :event_id))
    order by occurred_at desc, event_id desc
    limit 1
),
counted_until as (
    select coalesce((select occurred_at from last_count), :beginning) as moment
),
movements as (
    select sum(quantity) as units
    from stock_ledger
    where store_id = :store_id and sku = :sku and kind not in ('count', 'refused_count')
        and occurred_at > (select moment from counted_until)
        and occurred_at < :occurred_at
    union all
    select sum(quantity)
    from stock_ledger
    where store_id = :store_id and sku = :sku and kind not in ('count', 'refused_count')
        and occurred_at > (select moment from counted_until)
        and occurred_at = :occurred_at
        and (:is_count = 1 or event_id < :event_id)
)
select coalesce((select quantity from last_count), 0) + coalesce(sum(units), 0)
from movements
