{{ planned_for_volume() }}
{{ config(unlogged=true, meta={'dist_key': 'person_key'}) }}
{#-
    One decision per claim that resembles a registry person: linked when the weight reaches the model's `link_at` and no
    gate speaks against it, review from `review_at` on, else nothing. Registry rows that are one person are one candidate.
    A row without a usable number that bears the name of somebody of its village waits for a reviewer however little that
    weighs (a common name, a county of few villages): as with rows in quarantine, its person must not read as absent.
    Gates name what speaks against the link; several pairs of which at most one can be true stop each other.
-#}
{%- set comparisons = link_comparisons() %}
with pair as (

    select * from {{ ref('int_identity__residual_pair') }}

),

model as (

    select * from {{ source('reference', 'link_model') }} where model_version = {{ link_model_version() }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by claim_key
            order by match_weight desc, village_code = claim_village_code desc nulls last, person_key asc
        ) as turn
    from pair

),

best as (

    select * from ranked
    where turn = 1

),

runner_up as (

    select
        b.claim_key,
        max(p.match_weight) as match_weight
    from best as b
    inner join pair as p on b.claim_key = p.claim_key
    where b.same_person_key <> p.same_person_key
    group by b.claim_key

),

-- Another number that claims the same person: at most one of the two can be right.
rival as (

    select
        b.claim_key,
        max(p.match_weight) as match_weight
    from best as b
    inner join pair as p on b.same_person_key = p.same_person_key
    where b.claim_key <> p.claim_key and b.claim_number_form <> p.claim_number_form
    group by b.claim_key

),

-- A number that serves several people says nothing about any of them; a household member's is not taken for one's own.
number_of_many as (

    select distinct b.claim_key
    from best as b
    inner join {{ ref('int_identity__residual_claim') }} as other
        on b.claim_number = other.id_no and b.claim_name <> other.name_norm
    where
        -- a stopgap counts as no number (`residual_claim`), and is one of many all the same
        (b.has_number or b.id = 'unknown')
        and b.id <> 'household_member'
        and {{ name_grade('b.claim_name', 'other.name_norm') }} <> 'variant'

),

gated as (

    select
        b.*,
        u.match_weight as runner_up_weight,
        model.model_version,
        model.link_at,
        model.review_at,
        b.match_weight < model.link_at as is_light,
        coalesce(b.match_weight - u.match_weight < model.margin, false) as is_runner_up_close,
        coalesce(b.match_weight - v.match_weight < model.margin, false) as is_rival_close,
        b.id = 'different_valid' as has_two_valid_numbers,
        coalesce(b.birth_date not in ('same', 'near', 'year'), true) as is_birth_date_against,
        b.sex = 'different' as is_sex_against,
        -- twins: numbers one digit apart, names one character apart; nothing checks 15 digits, and a century later they return
        b.name = 'one_character'
        and b.id in ('one_digit', 'transposition', 'household_member', 'old_15', 'leading_15') as is_like_a_twin,
        b.name <> 'same' and b.id = 'household_member' as is_name_of_member_unsure,
        b.id in ('same_unchecked', 'old_15', 'leading_15')
        and not (
            b.place in ('same_village', 'same_town')
            or b.household = 'same'
            or b.relative = 'member'
            or b.is_registry_birth_date
        ) as is_number_uncorroborated,
        n.claim_key is not null as is_number_of_many,
        (
            not b.has_number
            and b.id = 'unknown'
            and b.name = 'same'
            and b.place = 'same_village'
            and b.birth_date <> 'different'
            and b.sex <> 'different'
        ) as is_villager_without_number
    from best as b
    cross join model
    left join runner_up as u on b.claim_key = u.claim_key
    left join rival as v on b.claim_key = v.claim_key
    left join number_of_many as n on b.claim_key = n.claim_key

),

final as (

    select
        claim_key,
        person_key,
        same_person_key,
        person_hash,
        case
            when
                not (
                    is_light or is_runner_up_close or is_rival_close or has_two_valid_numbers or is_birth_date_against
                    or is_sex_against or is_like_a_twin or is_name_of_member_unsure or is_number_uncorroborated
                    or contradicts_itself or is_number_of_many
                )
                then 'linked'
            else 'review'
        end as decision,
        model_version,
        block,
        name as name_grade,
        id in ('same_unchecked', 'old_15', 'leading_15') as is_own_number,
        has_number,
        match_weight,
        runner_up_weight,
        jsonb_build_object(
            'block', block,
            {%- for comparison in comparisons %}
            '{{ comparison }}', {{ comparison }},
            {%- endfor %}
            'bits', jsonb_build_object(
                'prior', prior_bits
                {%- for comparison in comparisons %},
                '{{ comparison }}', {{ comparison }}_bits
                {%- endfor %}
            )
        ) as comparison,
        jsonb_strip_nulls(
            jsonb_build_object(
                'weight_below_link', nullif(is_light, false),
                'runner_up_close', nullif(is_runner_up_close, false),
                'other_number_claims_person', nullif(is_rival_close, false),
                'two_valid_numbers', nullif(has_two_valid_numbers, false),
                'birth_date_unknown_or_different', nullif(is_birth_date_against, false),
                'sex_different', nullif(is_sex_against, false),
                'like_a_twin', nullif(is_like_a_twin, false),
                'name_of_member_unsure', nullif(is_name_of_member_unsure, false),
                'number_uncorroborated', nullif(is_number_uncorroborated, false),
                'rows_contradict_each_other', nullif(contradicts_itself, false),
                'number_of_several_people', nullif(is_number_of_many, false)
            )
        ) as gates
    from gated
    where match_weight >= review_at or is_villager_without_number

)

select * from final
