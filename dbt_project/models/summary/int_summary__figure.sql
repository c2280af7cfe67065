{#-
    The figures of the village and town books (profile): which cells of which block each adds up. `part_of` is the figure
    of the same period that a share is taken of.
-#}
{%- set year = "'" ~ insurance_year() ~ "'" -%}
{%- set third = "split_part(block, '|', 3)" -%}
{%- set exit_year = "split_part(category, ':', 2)" -%}
{#- indicator, unit, block, cells, period, category, part_of -#}
{%- set figures = [] -%}
{%- for word, unit, block in [('households', '户', 'household'), ('persons', '人', 'person')] -%}
    {%- do figures.extend([
        ('registered_' ~ word, unit, block ~ '|exit', 'not is_outside', "'current'", "''", none),
        ('exited_' ~ word, unit, block ~ '|exit', exit_year ~ " <> ''", exit_year, "''", none),
        ('exited_' ~ word ~ '_total', unit, block ~ '|exit', exit_year ~ " <> '' or category = 'exited'", "'all'", "''", none),
        ('unexited_' ~ word, unit, block ~ '|exit', "category ~ '^(unexited|returned)'", "'current'", "''", none),
        ('unexited_returned_' ~ word, unit, block ~ '|exit', "category ~ '^returned'", "'current'", "''", none),
        ('unexited_' ~ word ~ '_by_cause', unit, block ~ '|cause', 'not is_outside', "'current'", 'category', 'unexited_' ~ word),
        (word ~ '_by_type', unit, block ~ '|type', 'not is_outside', "'current'", 'category', none),
        ('monitored_' ~ word, unit, block ~ '|monitor', 'not is_outside', "'current'", "''", none),
        ('monitored_' ~ word ~ '_by_category', unit, block ~ '|monitor', 'not is_outside', "'current'", 'category', 'monitored_' ~ word),
        ('premium_paid_' ~ word, unit, block ~ '|premium_paid|', 'not is_outside', third, "''", none),
    ]) -%}
{%- endfor -%}
{%- do figures.extend([
    ('dibao_households', '户', 'household|dibao', 'not is_outside', "'current'", "''", none),
    ('dibao_persons', '人', 'person|dibao_tier', 'not is_outside', "'current'", "''", none),
    ('dibao_persons_by_tier', '人', 'person|dibao_tier', 'not is_outside', "'current'", 'category', 'dibao_persons'),
    ('dibao_persons_by_kind', '人', 'person|dibao_kind', 'not is_outside', "'current'", 'category', 'dibao_persons'),
    ('tekun_households', '户', 'household|tekun', 'not is_outside', "'current'", "''", none),
    ('tekun_persons', '人', 'person|tekun_mode', 'not is_outside', "'current'", "''", none),
    ('tekun_persons_by_mode', '人', 'person|tekun_mode', 'not is_outside', "'current'", 'category', 'tekun_persons'),
    ('disabled_persons', '人', 'person|disability_grade', 'not is_outside', "'current'", "''", none),
    ('disabled_persons_by_grade', '人', 'person|disability_grade', 'not is_outside', "'current'", 'category', 'disabled_persons'),
    ('family_doctor_contracts', '人', 'person|contract', 'not is_outside', year, "''", none),
    ('edu_aid', '人', 'person|edu_aid|', 'not is_outside', third, "''", none),
    (
        'edu_aid_by_stage', '人', 'person|edu_aid|', "not is_outside or starts_with(category, '-stage:')", third,
        "replace(category, '-stage:', '')", none
    ),
    ('yulu', '人', 'person|yulu|', 'not is_outside', third, "''", none),
    ('yulu_by_stage', '人', 'person|yulu|', 'not is_outside', third, 'category', 'yulu'),
    ('house_renovation', '户', 'project|renovation', 'not is_outside', 'category', "''", none),
    ('medical_assistance_households', '户', 'household|assisted', 'not is_outside', year, "''", none),
]) -%}

with cell as (
    select distinct
        block,
        category,
        is_outside
    from {{ ref('int_summary__cell') }}
),

final as (
    {%- for indicator, unit, block, cells, period, category, part_of in figures %}
        select
            '{{ indicator }}' as indicator,
            {{ period }} as period,
            {{ category }} as category,
            '{{ unit }}' as unit,
            {{ "'" ~ part_of ~ "'" if part_of else 'null' }} as part_of,
            block,
            category as cell
        from cell
        where
            {{ "starts_with(block, '" ~ block ~ "')" if block.endswith('|') else "block = '" ~ block ~ "'" }}
            and ({{ cells }})
        {{- '\n    union all' if not loop.last }}
    {%- endfor %}
)

select * from final
