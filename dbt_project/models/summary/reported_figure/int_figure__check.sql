{#- Every check of a report against itself, with the rule that it belongs to. -#}
with checked as (
    select * from {{ ref('int_figure__sum') }}
    union all
    select * from {{ ref('int_figure__share') }}
    union all
    select * from {{ ref('int_figure__unit') }}
),

with_rule as (
    select distinct on (c.load_id, c.report, c.check_kind, c.indicator, c.period)
        c.load_id,
        c.report,
        c.check_kind,
        r.rule_id,
        c.indicator,
        c.period,
        c.stated,
        c.computed,
        c.verdict,
        c.note
    from checked as c
    left join {{ ref('reported_figure_rule') }} as r
        on c.check_kind = r.check_kind and (r.indicator is null or c.indicator = r.indicator)
    order by c.load_id, c.report, c.check_kind, c.indicator, c.period, r.indicator nulls last, c.note
),

everything as (
    select * from with_rule
    union all
    select
        load_id,
        report,
        check_kind,
        rule_id,
        indicator,
        period,
        stated,
        computed,
        verdict,
        note
    from {{ ref('int_figure__declared') }}
)

select
    load_id,
    report,
    check_kind,
    rule_id,
    indicator,
    period,
    stated,
    round(computed, 4) as computed,
    round(computed - stated, 4) as difference,
    verdict,
    note
from everything
