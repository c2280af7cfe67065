{{ config(materialized='night_rows', key=['finding_id']) }}
{#-
    The life of a finding, from where it stood the night before and what the rules say tonight:

    | before      | tonight                                        | then                                             |
    |-------------|------------------------------------------------|--------------------------------------------------|
    | –           | hit                                            | open (opened; baseline before any published night) |
    | closed      | hit                                            | open (reopened, times_opened + 1)                |
    | not closed  | hit                                            | as it was, evidence of tonight                   |
    | not closed  | not comparable, rule refused, list not trusted | as it was                                        |
    | not closed  | anything else: false, gone, rule retired       | closed                                           |

    A finding is found again by rule, subject and object. Keys of subjects serve for life; where one does not (households
    that merged, a number decided to be somebody else's), its findings go on under the key that does (registry_key). Its
    id stays; where both keys had a finding of the rule, the survivor's goes on and the other closes as merged.

    Answers (ledger.answer) are laid over what is not closed. last_seen is null while the rule still hits: a row
    stays as it is over all nights on which nothing changed, and the night read is then the last seen.
-#}
{%- set before = findings_before() -%}
{%- set facts = {} -%}
{%- for grain, table in finding_grains().items() -%}
    {%- do facts.update({grain: ref(table)}) -%}
{%- endfor -%}
{%- set own_facts = {
    'person': (facts.get('person'), 'person_key'), 'household': (facts.get('household'), 'household_key'),
} -%}

with rule as (
    select
        *,
        status = 'refused' or not base_extracts <@ array(
            select extract
            from ledger.night_batch
            where as_of = {{ as_of() }} and is_current
            group by extract
            having not bool_and(is_stale)
        ) as is_silent
    from ledger.night_rule
    where as_of = {{ as_of() }} and status <> 'inactive'
),

published_before as (
    select max(as_of) as night
    from ledger.run
    where as_of < {{ as_of() }} and status = 'published'
),

hit as (
    select * from {{ ref('int_finding__hit') }}
),

standing as (
    {%- if before %}
    select standing.* from {{ before }} as standing
    {%- else %}
    select
        hit.*,
        null::text as state,
        null::boolean as is_baseline,
        null::text as cause_finding_id,
        null::date as first_seen,
        null::date as last_seen,
        null::date as opened_on,
        null::date as closed_on,
        null::text as close_reason,
        null::int as times_opened,
        null::bigint as outcome_id,
        null::date as from_night
    from hit
    where false
    {%- endif %}
),

retired_key as (
    select
        kind,
        life_key,
        survivor_key
    from {{ ref('registry_key') }}
    where from_night <= {{ as_of() }} and to_night > {{ as_of() }} and survivor_key is not null
),

rekeyed as (
    select
        standing.finding_id,
        standing.rule_id,
        standing.rule_version,
        standing.severity,
        standing.departments,
        standing.owner_department,
        standing.subject_kind,
        coalesce(subject.survivor_key, standing.subject_key) as subject_key,
        standing.object_key,
        coalesce(household.survivor_key, standing.household_key) as household_key,
        standing.household_no,
        standing.county_code,
        standing.town_code,
        standing.village_code,
        standing.evidence,
        standing.value_hash,
        standing.state,
        standing.is_baseline,
        standing.cause_finding_id,
        standing.first_seen,
        standing.last_seen,
        standing.opened_on,
        standing.closed_on,
        standing.close_reason,
        standing.times_opened,
        standing.outcome_id,
        standing.from_night,
        subject.survivor_key is not null as is_rekeyed
    from standing
    left join retired_key as subject
        on standing.subject_kind = subject.kind and standing.subject_key = subject.life_key
    left join retired_key as household
        on household.kind = 'household' and standing.household_key = household.life_key
),

-- Of several findings about what is now one thing, the survivor's own goes on.
merged as (
    select finding_id
    from (
        select
            rekeyed.finding_id,
            row_number() over (
                partition by rekeyed.rule_id, rekeyed.subject_kind, rekeyed.subject_key, rekeyed.object_key
                order by rekeyed.is_rekeyed, rekeyed.state = 'closed', rekeyed.first_seen, rekeyed.finding_id
            ) as place
        from rekeyed
        where exists (
            select
            from rekeyed as other
            where other.is_rekeyed and other.subject_key = rekeyed.subject_key
        )
    ) as ranked
    where place > 1
),

earlier as (
    select *
    from rekeyed
    where not exists (select from merged where merged.finding_id = rekeyed.finding_id)
),

missing as (
    select earlier.*
    from earlier
    where
        earlier.state <> 'closed'
        and not exists (
            select from hit
            where {{ same_finding('hit', 'earlier') }}
        )
),

kept as (
    -- The rule cannot be heard tonight.
    select missing.finding_id
    from missing
    inner join rule on missing.rule_id = rule.rule_id
    where rule.is_silent
    {%- for grain in facts %}
    union
    -- It runs, and cannot tell.
    select missing.finding_id
    from missing
    inner join rule on missing.rule_id = rule.rule_id and rule.grain = '{{ grain }}'
    inner join {{ ref('int_finding__result_' ~ grain) }} as result
        on missing.subject_key = result.subject_key and missing.object_key = result.object_key
    where (-rule.rule_no)::smallint = any(result.verdicts)
    {%- endfor %}
    {%- for grain, object_sql in night_periods() %}
    union
    -- The object is a period of which tonight's lists have no row of anybody.
    select missing.finding_id
    from missing
    inner join rule on missing.rule_id = rule.rule_id and rule.grain = '{{ grain }}'
    where missing.object_key not in (
        select coalesce({{ object_sql }}::text, '') from {{ facts.get(grain) }} as fact
    )
    {%- endfor %}
    {%- for grain, subject_kind, absence_sql in night_absences() %}
    union
    -- The object has no row, and its list says nothing about the subject.
    select missing.finding_id
    from missing
    inner join rule on missing.rule_id = rule.rule_id and rule.grain = '{{ grain }}'
    inner join {{ own_facts.get(subject_kind)[0] }} as fact
        on missing.subject_key = fact.{{ own_facts.get(subject_kind)[1] }}
    where {{ absence_sql }}
    {%- endfor %}
),

active as (
    select
        case
            when earlier.finding_id is not null then earlier.finding_id
            -- The id is taken by a finding that went on under another key: the key's new bearer has one of its own.
            when namesake.finding_id is not null then md5(hit.finding_id || {{ as_of() }})
            else hit.finding_id
        end as finding_id,
        hit.rule_id,
        hit.rule_version,
        hit.severity,
        hit.departments,
        hit.owner_department,
        hit.subject_kind,
        hit.subject_key,
        hit.object_key,
        hit.household_key,
        hit.household_no,
        hit.county_code,
        hit.town_code,
        hit.village_code,
        hit.evidence,
        hit.value_hash,
        coalesce(earlier.is_baseline, published_before.night is null) as is_baseline,
        coalesce(earlier.first_seen, {{ as_of() }}) as first_seen,
        null::date as last_seen,
        case when earlier.state <> 'closed' then earlier.opened_on else {{ as_of() }} end as opened_on,
        coalesce(earlier.times_opened, 0)
        + case when earlier.state <> 'closed' then 0 else 1 end as times_opened
    from hit
    left join earlier on {{ same_finding('hit', 'earlier') }}
    left join standing as namesake on hit.finding_id = namesake.finding_id and earlier.finding_id is null
    cross join published_before
    union all
    select
        missing.finding_id,
        missing.rule_id,
        missing.rule_version,
        missing.severity,
        missing.departments,
        missing.owner_department,
        missing.subject_kind,
        missing.subject_key,
        missing.object_key,
        missing.household_key,
        missing.household_no,
        missing.county_code,
        missing.town_code,
        missing.village_code,
        missing.evidence,
        missing.value_hash,
        missing.is_baseline,
        missing.first_seen,
        coalesce(missing.last_seen, greatest(published_before.night, missing.from_night)) as last_seen,
        missing.opened_on,
        missing.times_opened
    from missing
    inner join kept on missing.finding_id = kept.finding_id
    cross join published_before
),

answer as (
    {{ answers_known() }}
),

answered as (
    select
        active.*,
        coalesce(answer.verdict, 'open') as state,
        answer.outcome_id
    from active
    left join answer
        on
            active.finding_id = answer.finding_id
            and (answer.valid_until is null or answer.valid_until >= {{ as_of() }})
            -- An exemption or a false positive is about the values it was given for; a confirmation about this time.
            and case
                when answer.verdict = 'confirmed' then active.opened_on <= answer.answered_on
                else answer.value_hash is null or active.value_hash = answer.value_hash
            end
),

cause as (
    select distinct on (effect.finding_id)
        effect.finding_id,
        source.finding_id as cause_finding_id
    from answered as effect
    inner join rule on effect.rule_id = rule.rule_id
    cross join unnest(rule.cause_rules) with ordinality as wanted (rule_id, priority)
    inner join answered as source
        on
            effect.household_key = source.household_key
            and wanted.rule_id = source.rule_id
            and (
                source.subject_kind = 'household'
                or effect.subject_kind = 'household'
                or effect.subject_key = source.subject_key
            )
    where source.state in ('open', 'confirmed')
    order by effect.finding_id, wanted.priority, source.finding_id
),

closed as (
    select
        earlier.finding_id,
        earlier.rule_id,
        earlier.rule_version,
        earlier.severity,
        earlier.departments,
        earlier.owner_department,
        earlier.subject_kind,
        earlier.subject_key,
        earlier.object_key,
        earlier.household_key,
        earlier.household_no,
        earlier.county_code,
        earlier.town_code,
        earlier.village_code,
        earlier.evidence,
        earlier.value_hash,
        earlier.is_baseline,
        earlier.cause_finding_id,
        earlier.first_seen,
        earlier.last_seen,
        earlier.opened_on,
        earlier.closed_on,
        earlier.close_reason,
        earlier.times_opened,
        earlier.outcome_id,
        earlier.from_night,
        case
            when rule.rule_id is null then 'rule_retired'
            {%- for subject_kind, (table, key) in own_facts.items() %}
            when
                earlier.subject_kind = '{{ subject_kind }}'
                and not exists (
                    select from {{ table }} as fact
                    where fact.{{ key }} = earlier.subject_key
                )
                then 'subject_gone'
            {%- endfor %}
            else 'corrected'
        end as reason,
        published_before.night as night_before
    from earlier
    left join rule on earlier.rule_id = rule.rule_id
    cross join published_before
    where not exists (
        select from active
        where active.subject_key = earlier.subject_key and active.finding_id = earlier.finding_id
    )
    union all
    select
        standing.finding_id,
        standing.rule_id,
        standing.rule_version,
        standing.severity,
        standing.departments,
        standing.owner_department,
        standing.subject_kind,
        standing.subject_key,
        standing.object_key,
        standing.household_key,
        standing.household_no,
        standing.county_code,
        standing.town_code,
        standing.village_code,
        standing.evidence,
        standing.value_hash,
        standing.is_baseline,
        standing.cause_finding_id,
        standing.first_seen,
        standing.last_seen,
        standing.opened_on,
        standing.closed_on,
        standing.close_reason,
        standing.times_opened,
        standing.outcome_id,
        standing.from_night,
        'merged' as reason,
        published_before.night as night_before
    from standing
    inner join merged on standing.finding_id = merged.finding_id
    cross join published_before
),

final as (
    select
        answered.finding_id,
        answered.rule_id,
        answered.rule_version,
        answered.severity,
        answered.departments,
        answered.owner_department,
        answered.subject_kind,
        answered.subject_key,
        answered.object_key,
        answered.household_key,
        answered.household_no,
        answered.county_code,
        answered.town_code,
        answered.village_code,
        answered.evidence,
        answered.value_hash,
        answered.state,
        answered.is_baseline,
        cause.cause_finding_id,
        answered.first_seen,
        answered.last_seen,
        answered.opened_on,
        null::date as closed_on,
        null::text as close_reason,
        answered.times_opened,
        answered.outcome_id
    from answered
    left join cause on answered.finding_id = cause.finding_id
    union all
    select
        finding_id,
        rule_id,
        rule_version,
        severity,
        departments,
        owner_department,
        subject_kind,
        subject_key,
        object_key,
        household_key,
        household_no,
        county_code,
        town_code,
        village_code,
        evidence,
        value_hash,
        'closed' as state,
        is_baseline,
        cause_finding_id,
        first_seen,
        coalesce(last_seen, greatest(night_before, from_night)) as last_seen,
        opened_on,
        coalesce(closed_on, {{ as_of() }}) as closed_on,
        coalesce(close_reason, reason) as close_reason,
        times_opened,
        outcome_id
    from closed
)

select * from final
