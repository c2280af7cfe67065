{#-
    The checks of the seed reported_figure_check, wherever a report states all their terms. `each` opens one check per
    period that the report gives the figure for; `same` is the figure of that period, `only` the one the report gives.
-#}
with figure as (
    select * from {{ ref('int_figure__row') }}
),

term as (
    select
        *,
        count(*) over (partition by check_name) as terms
    from {{ ref('reported_figure_term') }}
),

opened as (
    select
        t.check_name,
        f.load_id,
        f.report,
        f.period
    from term as t
    inner join figure as f on t.indicator = f.indicator
    where t.period = 'each'
),

given as (
    select
        o.load_id,
        o.report,
        o.check_name,
        o.period,
        t.side,
        t.sign,
        t.terms,
        f.value,
        f.percent_stated
    from opened as o
    inner join term as t on o.check_name = t.check_name
    inner join figure as f
        on
            o.load_id = f.load_id
            and o.report = f.report
            and t.indicator = f.indicator
            and case when t.period = 'only' then f.times_given = 1 else o.period = f.period end
),

added as (
    select
        load_id,
        report,
        check_name,
        period,
        max(coalesce(percent_stated, value)) filter (where side = 'stated') as stated,
        sum(sign * value) filter (where side = 'over') as over,
        sum(sign * value) filter (where side = 'under') as under,
        bool_or(side = 'under') as is_share,
        bool_and(value is not null) as is_readable,
        string_agg(case when sign < 0 then '-' else '+' end || value, '' order by sign desc, value desc)
        filter (where side = 'over') as sum_shown
    from given
    group by load_id, report, check_name, period, terms
    having count(*) = terms
),

computed as (
    select
        a.load_id,
        a.report,
        c.check_kind,
        c.rule_id,
        c.check_name,
        c.low,
        c.high,
        c.explained_by,
        c.title_zh,
        c.title_en,
        a.period,
        case when c.check_kind = 'ratio' then c.low else a.stated end as stated,
        case
            when a.is_readable then c.factor * case when a.is_share then a.over / nullif(a.under, 0) else a.over end
        end as computed,
        ltrim(a.sum_shown, '+') || case when a.is_share then '/' || a.under else '' end as shown
    from added as a
    inner join {{ ref('reported_figure_check') }} as c on a.check_name = c.check_name
),

judged as (
    select
        *,
        case
            when computed is null or stated is null then 'NOT_COMPARABLE'
            when check_kind = 'ratio' then case when computed between low and high then 'OK' else 'NOTE' end
            when check_kind = 'pct' then case when {{ share_holds('stated', 'computed') }} then 'OK' else 'MISMATCH' end
            when abs(computed - stated) <= {{ figure_tolerance('tol') }} then 'OK'
            else 'MISMATCH'
        end as verdict
    from computed
),

final as (
    select
        j.load_id,
        j.report,
        j.check_kind,
        j.rule_id,
        j.check_name as indicator,
        j.period,
        j.stated,
        j.computed,
        j.verdict,
        format('%s：%s', j.title_zh, j.shown)
        || case
            when j.verdict = 'MISMATCH' and e.verdict = 'OK'
                then format('；差额 %s 由“%s”说明，不是错误', j.computed - j.stated, e.title_zh)
            else ''
        end
        || format(' · %s: %s', j.title_en, j.shown)
        || case
            when j.verdict = 'MISMATCH' and e.verdict = 'OK'
                then format('; the excess of %s is no error, see "%s"', j.computed - j.stated, e.check_name)
            else ''
        end as note
    from judged as j
    left join judged as e
        on
            j.load_id = e.load_id
            and j.report = e.report
            and j.period = e.period
            and j.explained_by = e.check_name
)

select * from final
