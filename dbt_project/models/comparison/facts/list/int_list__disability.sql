{{ config(materialized='ephemeral') }}
{#-
    Who is on the disability list of the month it speaks for. The row that speaks for a person is that of the gravest grade;
    subsidies of all rows add up.
-#}
with ranked as (

    select
        d.*,
        {{ grade_word("parse.id_disability_grade(d.disability_no)") }} as number_grade,
        {{ disability_category_word("parse.id_disability_category(d.disability_no)") }} as number_category,
        count(*) over (partition by d.person_key) as rows_of_person,
        sum(d.living_subsidy) over (partition by d.person_key) as living_of_person,
        sum(d.nursing_subsidy) over (partition by d.person_key) as nursing_of_person,
        row_number() over (
            partition by d.person_key
            order by d.disability_grade nulls last, d.batch_id, d.row_no
        ) as turn
    from {{ linked_rows('stg_civil_affairs__disability') }} as d
    cross join (
        select month from {{ ref('int_fact__period') }} where extract = 'disability' and state is null
    ) as spoken
    where coalesce(d.pay_month, spoken.month) = spoken.month

)

select * from ranked
where turn = 1
