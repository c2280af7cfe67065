{#- A verdict of the vocabulary; a reason where nothing can be said, and only there. A failure is mended in `judged`. -#}
{%- set departments = compared_departments() %}
{%- for department in departments %}
    select
        '{{ department }}' as department,
        field,
        verdict,
        reason,
        count(*) as subjects
    from {{ this_night(ref('comparison_' ~ department)) }}
    where
        verdict not in ('agree', 'differ', 'registry_only', 'department_only', 'not_comparable')
        or (verdict = 'not_comparable') <> (reason is not null)
        or reason not in ('no_batch', 'stale_batch', 'quarantined', 'unusable_id', 'in_review', 'out_of_scope')
    group by 1, 2, 3, 4
    {{ 'union all' if not loop.last }}
{%- endfor %}
