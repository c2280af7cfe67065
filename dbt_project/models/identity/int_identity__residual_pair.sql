-- depends_on: {{ ref('int_identity__term') }}
{{ config(
    unlogged=true,
    meta={'dist_key': 'person_key'},
    pre_hook=["set local enable_nestloop = off", "{{ freeze_terms() }}"],
    post_hook="analyze {{ this }}",
) }}
{#-
    Claims and registry persons that met under a key, how they compare, and what each comparison weighs in bits under the
    night's model: log2(m/u), for common names, days and villages with their own frequency in place of u. The prior is
    one in the people counted. Pairs of different names, and pairs of one number (tier 1 has judged them), are not kept.
-#}
{%- set comparisons = link_comparisons() %}
with met as (

    select
        c.claim_key,
        p.person_key,
        min(c.block) as block
    from {{ ref('int_identity__residual_claim_key') }} as c
    inner join {{ ref('int_identity__residual_block') }} as b
        on c.block = b.block and c.block_key = b.block_key and not b.is_skipped
    inner join {{ ref('int_identity__residual_person_key') }} as p
        on b.block = p.block and b.block_key = p.block_key and (p.meets_numbered or not c.has_number)
    group by c.claim_key, p.person_key

),

compared as (

    select
        m.claim_key,
        m.person_key,
        m.block,
        r.same_person_key,
        r.person_hash,
        r.village_code,
        c.id_no as claim_number,
        coalesce(c.number_15, c.id_no) as claim_number_form,
        c.name_norm as claim_name,
        c.known_birth_date as claim_birth_date,
        c.village_code as claim_village_code,
        c.id_key is not null as has_number,
        c.contradicts_itself,
        coalesce(c.known_birth_date = r.birth_date, false) as is_registry_birth_date,
        {{ link_levels('c', 'r') }}
    from met as m
    inner join {{ ref('int_identity__residual_claim') }} as c on m.claim_key = c.claim_key
    inner join {{ ref('int_identity__residual_person') }} as r on m.person_key = r.person_key
    where c.holder_same_person_key is distinct from r.same_person_key

),

kept as (

    select * from compared
    where name in ('same', 'variant', 'one_character') and id <> 'same'

),

term as (

    select
        t.term,
        t.value,
        t.persons::double precision / p.persons as frequency
    from {{ source('reference', 'link_term') }} as t
    inner join {{ source('reference', 'link_term') }} as p
        on p.model_version = {{ link_model_version() }} and p.term = 'population'
    where t.model_version = {{ link_model_version() }} and t.term <> 'population'

),

prior as (

    select round((-log(persons) / log(2))::numeric, 2)::double precision as bits
    from {{ source('reference', 'link_term') }}
    where model_version = {{ link_model_version() }} and term = 'population'

),

weight as (

    select
        w.*,
        m.weight_cap,
        m.weight_floor
    from {{ source('reference', 'link_weight') }} as w
    inner join {{ source('reference', 'link_model') }} as m on w.model_version = m.model_version
    where w.model_version = {{ link_model_version() }}

),

weighed as (

    select
        k.*,
        prior.bits as prior_bits,
        {%- for comparison in comparisons %}
        {%- set own = {'name': 'name', 'birth_date': 'birth_date', 'place': 'village'}.get(comparison) %}
        {%- if own %}
        case
            when w_{{ comparison }}.by_term = '{{ own }}'
                then
                    {{ bits(
                        'w_' ~ comparison,
                        'greatest(w_' ~ comparison ~ '.u, coalesce(t_' ~ comparison ~ '.frequency, 0))',
                    ) }}
            else coalesce(w_{{ comparison }}.bits, 0)
        end as {{ comparison }}_bits
        {%- else %}
        coalesce(w_{{ comparison }}.bits, 0) as {{ comparison }}_bits
        {%- endif %}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from kept as k
    cross join prior
    {%- for comparison in comparisons %}
    left join weight as w_{{ comparison }}
        on w_{{ comparison }}.comparison = '{{ comparison }}' and k.{{ comparison }} = w_{{ comparison }}.level
    {%- endfor %}
    left join term as t_name on t_name.term = 'name' and k.claim_name = t_name.value
    left join term as t_birth_date
        on t_birth_date.term = 'birth_date' and k.claim_birth_date::text = t_birth_date.value
    left join term as t_place on t_place.term = 'village' and k.claim_village_code = t_place.value

),

final as (

    select
        *,
        round((
            prior_bits
            {%- for comparison in comparisons %}
            + {{ comparison }}_bits
            {%- endfor %}
        )::numeric, 2)::double precision as match_weight
    from weighed

)

select * from final
