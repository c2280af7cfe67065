-- One tried rule against the findings that stand on the night: per town, what it would open, close, leave and keep.
-- Read by bidui.night.dry_run, which fills the names in braces; the life of a finding (models/finding) decides the same way.
with judged as (
    select
        {subject}::text as subject_key,
        coalesce({object}::text, '') as object_key,
        fact.town_code,
        {predicate} as is_hit
    from {facts} as fact
    offset 0
),

tried as (
    select
        subject_key,
        object_key,
        min(town_code) as town_code,
        coalesce(bool_or(is_hit), false) as is_hit,
        bool_or(is_hit is null) as is_unknown
    from judged
    where subject_key is not null
    group by subject_key, object_key
),

standing as (
    select
        subject_key,
        object_key,
        town_code
    from mart_finding.finding
    where
        rule_id = {rule_id}
        and state <> 'closed'
        and from_night <= {night}
        and {night} < to_night
),

-- Subjects of whom the object's list says nothing, and objects that are periods nobody has a row of.
unheard as (
    select fact.{subject_key} as subject_key
    from {subjects} as fact
    where {absence}
),

compared as (
    select
        coalesce(tried.town_code, standing.town_code) as town_code,
        case
            when tried.is_hit and standing.subject_key is null then 'new'
            when tried.is_hit then 'same'
            when standing.subject_key is null then null
            when tried.is_unknown then 'kept'
            when tried.subject_key is null and standing.subject_key in (select subject_key from unheard) then 'kept'
            when {is_period} and standing.object_key not in (select object_key from tried) then 'kept'
            else 'gone'
        end as what
    from tried
    full join standing
        on tried.subject_key = standing.subject_key and tried.object_key = standing.object_key
)

select
    coalesce(compared.town_code, '') as division_code,
    coalesce(min(town.name), '') as name,
    (count(*) filter (where compared.what = 'new'))::int as new,
    (count(*) filter (where compared.what = 'gone'))::int as gone,
    (count(*) filter (where compared.what = 'same'))::int as same,
    (count(*) filter (where compared.what = 'kept'))::int as kept
from compared
left join reference.division as town
    on
        compared.town_code = town.division_code
        and town.valid_from <= {night}
        and {night} < town.valid_to
where compared.what is not null
group by compared.town_code
order by compared.town_code
