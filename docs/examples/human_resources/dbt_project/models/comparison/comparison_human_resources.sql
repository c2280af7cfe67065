{{ config(
    materialized='night_rows',
    key=['subject_kind', 'subject_key', 'field'],
    meta={'dist_key': 'subject_key'},
) }}

with evidence as (
    {{ benefit_field(
        'public_post',
        registry='case when f.public_post is not null then true end',
        department='f.post_holder__is_in_post',
        scope='f.in_entitlement_scope',
        state='f.post_holder__state',
        row={'prefix': 'post_holder__', 'extracts': ['post_holder']}
    ) }}
    union all
    {{ attribute_field(
        'post_kind',
        registry='f.registry_post_kind',
        department='f.post_holder__post_kind',
        scope='case when f.post_holder__state is null then f.public_post is not null and f.post_holder__is_in_post end',
        state='f.post_holder__state',
        row={'prefix': 'post_holder__', 'extracts': ['post_holder']}
    ) }}
    union all
    {{ benefit_field(
        'skill_certificate',
        registry="f.labour_skill = '技能劳动力'",
        department='f.skills_training__has_certificate',
        scope='f.in_entitlement_scope and f.labour_skill is not null',
        state='f.skills_training__state',
        row={'prefix': 'skills_training__', 'extracts': ['skills_training']}
    ) }}
    union all
    {{ name_field('human_resources', ['post_holder', 'skills_training']) }}
)

{{ judged('evidence') }}
