{{ planned_for_volume() }}
{#-
    The 低保证号 of the dibao lists, month by month. One number under which several heads are paid is no household's: only
    a head of the own household tells by which payment somebody is covered, and its members cannot be counted.
-#}
with payment as (

    select
        dibao_no,
        list_month,
        count(distinct head_name_norm) > 1 as is_shared
    from {{ in_force_history('stg_civil_affairs__dibao') }} as s
    where dibao_no is not null
    group by 1, 2

),

member as (

    select
        dibao_no,
        list_month,
        (count(*) filter (where coalesce(is_covered, true)))::int as members
    from {{ in_force_history('stg_civil_affairs__dibao_member') }} as s
    where dibao_no is not null
    group by 1, 2

),

final as (

    select
        p.dibao_no,
        p.list_month,
        p.is_shared,
        case when not p.is_shared then m.members end as listed_members
    from payment as p
    left join member as m on p.dibao_no = m.dibao_no and p.list_month = m.list_month

)

select * from final
