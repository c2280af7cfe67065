{#-
    Typed-in figures against the books of the night, where the report names its division and its period is one that the
    books hold. `is_withheld`: a part of the figure may not be published.
-#}
with wanted as (
    select
        f.load_id,
        f.report,
        f.indicator,
        f.period,
        f.division_code,
        f.value as stated,
        f.first_year,
        f.last_year,
        s.profile_indicator,
        s.moment,
        -- 2019A is the autumn term of 2019.
        case
            when f.period ~ '^[0-9]{4}[AS]$'
                then left(f.period, 4) || case right(f.period, 1) when 'A' then '-autumn' else '-spring' end
        end as term,
        -- What stands is compared while the night lies in the month or year that the report is about.
        case
            when f.period ~ '^[0-9]{4}-[0-9]{2}$' then f.period = to_char({{ as_of() }}, 'YYYY-MM')
            else f.last_year = extract(year from {{ as_of() }})
        end as is_now
    from {{ ref('int_figure__row') }} as f
    inner join {{ ref('reported_figure_source') }} as s on f.indicator = s.indicator
    where f.division_code is not null and f.value is not null
),

book as (
    select * from {{ this_night(ref('profile')) }}
    where category = ''
),

matched as (
    select
        w.load_id,
        w.report,
        w.indicator,
        w.period,
        w.division_code,
        w.stated,
        sum(b.value) as computed,
        bool_or(b.suppressed) as is_withheld
    from wanted as w
    inner join book as b
        on
            w.division_code = b.division_code
            and w.profile_indicator = b.indicator
            and (
                (
                    w.moment = 'year'
                    and b.period ~ '^[0-9]{4}$'
                    and b.period between w.first_year::text and w.last_year::text
                )
                or (w.moment = 'term' and w.term = b.period)
                or (w.moment in ('current', 'all') and w.moment = b.period and w.is_now)
            )
    group by w.load_id, w.report, w.indicator, w.period, w.division_code, w.stated
),

final as (
    select distinct on (m.load_id, m.report, m.indicator, m.period)
        m.load_id,
        m.report,
        'warehouse' as check_kind,
        r.rule_id,
        m.indicator,
        m.period,
        m.stated,
        m.computed,
        m.computed - m.stated as difference,
        case when abs(m.computed - m.stated) <= {{ figure_tolerance('tol') }} then 'OK' else 'MISMATCH' end as verdict,
        format('%s 的台账 · the book of %s', m.division_code, m.division_code) as note,
        m.division_code,
        m.is_withheld
    from matched as m
    left join {{ ref('reported_figure_rule') }} as r
        on r.check_kind = 'warehouse' and (r.indicator is null or m.indicator = r.indicator)
    order by m.load_id, m.report, m.indicator, m.period, r.indicator nulls last
)

select * from final
