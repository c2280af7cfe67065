{#-
    Which figure is a part of which: parts name their total. Where a report gives a total several times, a part belongs
    to the one whose years hold its own.
-#}
select
    whole.load_id,
    whole.report,
    whole.row_no as whole_row_no,
    whole.indicator as whole_indicator,
    whole.period as whole_period,
    whole.value as whole_value,
    whole.is_total as is_partition,
    part.row_no,
    part.indicator,
    part.period,
    part.value,
    part.percent_stated
from {{ ref('int_figure__row') }} as whole
inner join {{ ref('int_figure__row') }} as part
    on
        whole.load_id = part.load_id
        and whole.report = part.report
        and whole.indicator = part.parent_indicator
        and whole.row_no <> part.row_no
        and (
            whole.times_given = 1
            or (whole.first_year <= part.first_year and whole.last_year >= part.last_year)
        )
