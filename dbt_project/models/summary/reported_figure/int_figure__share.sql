{#- Shares printed beside the parts of a total, each, and all of a total together. -#}
with part as (
    select
        *,
        100 * value / nullif(whole_value, 0) as computed
    from {{ ref('int_figure__part') }}
),

share as (
    select
        load_id,
        report,
        'pct' as check_kind,
        indicator,
        period,
        percent_stated as stated,
        computed,
        case
            when computed is null then 'NOT_COMPARABLE'
            when {{ share_holds('percent_stated', 'computed') }} then 'OK'
            else 'MISMATCH'
        end as verdict,
        case
            when computed is null then '分子或分母不是数字，或分母为零 · a term is no number, or the whole is nought'
            else {{ share_note('percent_stated', 'computed') }}
        end as note
    from part
    where percent_stated is not null
),

-- Only where every part has its share and the parts are the whole: else the shares need not add to 100.
shares as (
    select
        load_id,
        report,
        'pct_sum' as check_kind,
        whole_indicator as indicator,
        whole_period as period,
        100::numeric as stated,
        sum(percent_stated) as computed,
        -- Rounded or cut off, each share is less than one unit of its last decimal away.
        case
            when sum(percent_stated) = 100 then 'OK'
            when abs(100 - sum(percent_stated)) < count(*) * power(10::numeric, -min(scale(percent_stated))) then 'NOTE'
            else 'MISMATCH'
        end as verdict,
        format(
            '%s 个占比相加得 %s · %s stated shares add to %s', count(*), sum(percent_stated), count(*), sum(percent_stated)
        ) as note
    from part
    where is_partition
    group by load_id, report, whole_row_no, whole_indicator, whole_period, whole_value
    having count(*) > 1 and count(*) = count(percent_stated) and sum(value) = whole_value
)

select * from share
union all
select * from shares
