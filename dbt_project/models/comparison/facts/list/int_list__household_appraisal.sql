{{ config(materialized='ephemeral') }}
{#-
    The appraisal of a household's dwelling: the list names a head, whichever member the row is linked to. The row that
    speaks has a grade and is the latest.
-#}
with ranked as (

    select
        p.household_key,
        a.*,
        count(*) over (partition by p.household_key) as rows_of_household,
        row_number() over (
            partition by p.household_key
            order by
                a.house_grade is null or a.house_grade = '未鉴定',
                a.graded_on desc nulls last,
                a.batch_id desc,
                a.row_no desc
        ) as turn
    from {{ linked_rows('stg_housing__appraisal', 'head') }} as a
    inner join {{ ref('int_fact__person') }} as p on p.person_key = a.person_key

)

select
    *,
    nullif(house_grade, '未鉴定') as grade
from ranked
where turn = 1
