{#- One amount given per household and per person in one section: one of them is said of the wrong unit (AGG-06). -#}
with figure as (
    select
        *,
        regexp_replace(unit, '/[户人]', '') as per_unit
    from {{ ref('int_figure__row') }}
    where unit ~ '/[户人]' and value <> 0
)

select
    h.load_id,
    h.report,
    'unit' as check_kind,
    h.indicator,
    h.period,
    h.value as stated,
    p.value as computed,
    'NOTE' as verdict,
    format(
        '第 %s 行按户、第 %s 行（%s）按人，数值相同 · row %s is per household, row %s (%s) per person, with the same value',
        h.row_no, p.row_no, p.indicator, h.row_no, p.row_no, p.indicator
    ) as note
from figure as h
inner join figure as p
    on
        h.load_id = p.load_id
        and h.report = p.report
        and h.section = p.section
        and h.period = p.period
        and h.per_unit = p.per_unit
        and h.value = p.value
where h.unit like '%/户%' and p.unit like '%/人%'
