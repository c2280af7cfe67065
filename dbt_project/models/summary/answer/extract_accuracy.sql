{{ config(materialized='night_rows', key=['county_code', 'department', 'extract', 'rule_id', 'answered_in']) }}
{#-
    Whose list was wrong: answers to the findings of the rules that read it, by the month of the answer. `judged` answers
    name a side; `wrong` ones name this extract's (the registry for its own extracts, the department for the others; a
    rule that reads several of a department cannot tell which). Where a rule reads lists of several departments, the
    department is the one that owns its findings; of the others' lists an answer says nothing.
-#}
with rule_extract as (
    select
        r.rule_id,
        e.department,
        e.extract
    from (
        -- As on the last night on which the rule ran.
        select distinct on (rule_id)
            rule_id,
            owner_department,
            read_extracts
        from {{ source('ledger', 'night_rule') }}
        where as_of <= {{ as_of() }} and status = 'active'
        order by rule_id asc, as_of desc
    ) as r
    cross join unnest(r.read_extracts) as named (extract)
    inner join {{ source('reference', 'extract') }} as e on named.extract = e.extract
    where
        (e.department = 'registry' or r.owner_department in ('registry', e.department))
        -- A list that never came was never wrong.
        and e.extract in (
            select batch.extract from {{ source('ledger', 'night_batch') }} as batch where batch.as_of <= {{ as_of() }}
        )
),

final as (
    select
        a.county_code,
        x.department,
        x.extract,
        a.rule_id,
        a.answered_in,
        count(*) as answers,
        count(*) filter (where a.verdict = 'confirmed') as confirmed,
        count(*) filter (where a.verdict = 'false_positive') as false_positive,
        count(a.wrong_side) as judged,
        count(*) filter (
            where a.wrong_side in ('both', case x.department when 'registry' then 'registry' else 'department' end)
        ) as wrong
    from {{ ref('int_answer__answered') }} as a
    inner join rule_extract as x on a.rule_id = x.rule_id
    where a.county_code is not null
    group by a.county_code, x.department, x.extract, a.rule_id, a.answered_in
)

select * from final
