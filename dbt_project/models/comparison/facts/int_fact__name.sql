{{ planned_for_volume() }}
{{ config(meta={'dist_key': 'person_key'}) }}
{#-
    Names that departments give under a registry person's number: per department the worst grade of linked rows, and over
    all of them the worst grade including rows that were not linked because the name is another one. Of the latter only
    those count that nothing explains; a child's row with a parent's number is not a name mismatch.
-#}
{%- set departments = {'health_insurance': [], 'civil_affairs': [], 'education': []} -%}
{%- for name, added in added_departments().items() if added.compares_names -%}
    {%- do departments.update({name: []}) -%}
{%- endfor -%}
{%- for source in mention_sources() -%}
    {%- set department = source.model.split('__')[0][4:] -%}
    {%- if department in departments and source.get('name', true) and source.get('id', true) -%}
        {%- do departments[department].append(extract_of(source.model)) -%}
    {%- endif -%}
{%- endfor -%}
{%- set lists = [] -%}
{%- for source in mention_sources() if source.get('name', true) and source.get('id', true) -%}
    {%- do lists.append(extract_of(source.model)) -%}
{%- endfor %}
with graded as (

    select
        extract,
        batch_id,
        row_no,
        subject_role,
        person_key,
        person_name,
        name_grade,
        true as is_linked
    from {{ ref('int_identity__linked_row') }}
    where is_current and name_grade in ('same', 'variant', 'one_character')
    union all
    select
        extract,
        batch_id,
        row_no,
        subject_role,
        number_holder_key,
        person_name,
        name_grade,
        false as is_linked
    from {{ ref('int_identity__decision') }}
    where
        is_current
        and decision = 'review'
        and rule in ('id_name_conflict', 'id_name_one_character', 'id_name_variant')
        and not is_explained

),

rows_of_number as (

    select
        g.*,
        case g.name_grade when 'same' then 0 when 'variant' then 1 when 'one_character' then 2 else 3 end as severity,
        p.state is null as speaks
    from graded as g
    inner join {{ ref('int_fact__period') }} as p on p.extract = g.extract

),

-- A list that does not speak for the night's period contradicts nobody, and takes back nothing that it said.
ranked as (

    select * from rows_of_number where speaks

),

was_another_name as (

    select distinct person_key from rows_of_number where not speaks and severity >= 2

),

{%- for department, extracts in departments.items() %}

{{ department }} as (

    select distinct on (person_key)
        *
    from ranked
    where
        is_linked
        and extract in ('{{ extracts | join("', '") }}')
    order by person_key, severity desc, extract, batch_id, row_no

),
{%- endfor %}

anywhere as (

    select distinct on (person_key)
        *
    from ranked
    order by person_key, severity desc, is_linked desc, extract, batch_id, row_no

),

mismatching as (

    select
        person_key,
        string_agg(distinct extract, '|' order by extract) as extracts
    from ranked
    where severity >= 2
    group by 1

),

final as (

    select
        e.person_key,
        {%- for department, extracts in departments.items() %}
        {%- set d = department %}
        case
            when {{ d }}.person_key is not null then null
            when e.{{ extracts | join(' is null or e.') }} is null then 'no_row'
            else coalesce(
                {%- for state in ['in_review', 'quarantined', 'unusable_id', 'stale_batch', 'no_batch'] %}
                case
                    when '{{ state }}' in (e.{{ extracts | join(', e.') }}) then '{{ state }}'
                end{{ ',' if not loop.last }}
                {%- endfor %}
            )
        end as {{ d }}__name_state,
        {{ d }}.name_grade as {{ d }}__name_grade,
        {{ d }}.person_name as {{ d }}__person_name,
        {{ d }}.extract as {{ d }}__name_extract,
        {{ d }}.batch_id as {{ d }}__name_batch_id,
        {{ d }}.row_no as {{ d }}__name_row_no,
        {%- endfor %}
        case
            when m.person_key is not null then null
            when w.person_key is not null then 'stale_batch'
            when a.person_key is not null then null
            when i.is_number_unusable then 'unusable_id'
            when e.{{ lists | join(' is null or e.') }} is null then null
            else coalesce(
                {%- for state in ['in_review', 'quarantined', 'stale_batch', 'no_batch'] %}
                case
                    when '{{ state }}' in (e.{{ lists | join(', e.') }}) then '{{ state }}'
                end{{ ',' if not loop.last }}
                {%- endfor %}
            )
        end as name_mismatch__state,
        a.name_grade as name_mismatch__grade,
        a.extract as name_mismatch__extract,
        m.extracts as name_mismatch__extracts,
        a.person_name as name_mismatch__person_name,
        a.batch_id as name_mismatch__batch_id,
        a.row_no as name_mismatch__row_no
    from {{ ref('int_fact__evidence') }} as e
    inner join {{ ref('int_identity__evidence') }} as i on i.person_key = e.person_key
    {%- for d in departments.keys() %}
    left join {{ d }} on {{ d }}.person_key = e.person_key
    {%- endfor %}
    left join anywhere as a on a.person_key = e.person_key
    left join mismatching as m on m.person_key = e.person_key
    left join was_another_name as w on w.person_key = e.person_key

)

select * from final
