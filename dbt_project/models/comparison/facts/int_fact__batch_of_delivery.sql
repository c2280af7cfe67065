{{ planned_for_volume() }}
{{ config(meta={'reference': true}) }}
{#- The parts of one delivery (several files or sheets) are one list: they share a delivery_key. -#}
select
    n.batch_id,
    n.extract,
    n.list_month,
    n.is_current,
    coalesce('d' || b.delivery_no, 'b' || n.batch_id) as delivery_key
from ledger.night_batch as n
inner join ledger.batch as b on b.batch_id = n.batch_id
where n.as_of = {{ as_of() }}
