{#-
    A total and its parts. Where they differ and leaving one part out makes them agree, a second check says so: that is
    how a year is forgotten when a total is carried over.
-#}
with part as (
    select * from {{ ref('int_figure__part') }}
    where is_partition
),

summed as (
    select
        load_id,
        report,
        whole_row_no,
        whole_indicator as indicator,
        whole_period as period,
        whole_value as stated,
        count(*) as parts,
        case when bool_and(value is not null) then sum(value) end as computed
    from part
    group by load_id, report, whole_row_no, whole_indicator, whole_period, whole_value
),

judged as (
    select
        *,
        case
            when stated is null or computed is null then 'NOT_COMPARABLE'
            when abs(computed - stated) <= {{ figure_tolerance('tol') }} then 'OK'
            else 'MISMATCH'
        end as verdict
    from summed
),

forgotten as (
    -- One part that the total was made without; of several that would fit, the last in the report.
    select distinct on (judged.load_id, judged.whole_row_no)
        judged.*,
        part.row_no as part_row_no,
        part.indicator as part_indicator,
        part.period as part_period,
        part.value as part_value
    from judged
    inner join part
        on
            judged.load_id = part.load_id
            and judged.whole_row_no = part.whole_row_no
            and judged.computed - judged.stated = part.value
    where judged.verdict = 'MISMATCH' and judged.parts > 1
    order by judged.load_id asc, judged.whole_row_no asc, part.row_no desc
),

remaining as (
    select
        forgotten.load_id,
        forgotten.whole_row_no,
        min(part.period) || '-' || max(part.period) as periods,
        -- The first or the last of a series of periods.
        count(distinct part.period) = count(*)
        and (min(part.period) > max(forgotten.part_period) or max(part.period) < min(forgotten.part_period))
            as is_end_of_series
    from forgotten
    inner join part
        on
            forgotten.load_id = part.load_id
            and forgotten.whole_row_no = part.whole_row_no
            and forgotten.part_row_no <> part.row_no
    group by forgotten.load_id, forgotten.whole_row_no
),

final as (
    select
        load_id,
        report,
        'sum' as check_kind,
        indicator,
        period,
        stated,
        computed,
        verdict,
        case
            when verdict = 'NOT_COMPARABLE'
                then '合计或某个分项不是数字 · the total or a part is no number'
            else format('%s 个分项 · %s parts', parts, parts)
        end as note
    from judged
    union all
    select
        f.load_id,
        f.report,
        'sum' as check_kind,
        f.indicator,
        case when r.is_end_of_series then r.periods else concat_ws(' ', 'without', f.part_indicator, f.part_period) end
            as period,
        f.stated,
        f.computed - f.part_value as computed,
        'OK' as verdict,
        format(
            '填报的合计漏了 %s %s（%s） · the total leaves out %s %s (%s)',
            f.part_indicator, f.part_period, f.part_value, f.part_indicator, f.part_period, f.part_value
        ) as note
    from forgotten as f
    inner join remaining as r on f.load_id = r.load_id and f.whole_row_no = r.whole_row_no
)

select * from final
