{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'subject_key'}) }}
{#- Of somebody who has died nothing but the death is proposed. -#}
{{ claim_rows('person', person_claims(), scope="f.is_living or c.field = 'member'") }}
