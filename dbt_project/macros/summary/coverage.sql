{#-
    What coverage counts that no comparison says: the same categories for the counts of the night (int_summary__leaf) and
    for the rows behind them (coverage_subject).
-#}

{#- Registry persons with what the categories of coverage_blocks need beside the facts. -#}
{% macro coverage_person() -%}
    select
        p.*,
        a.person_key is not null as is_assisted_inpatient,
        p.in_entitlement_scope
        and p.age_1_september >= {{ parameter('EDU-01', 'age_from', 'int', rows='p') }}
        and p.age_1_september < {{ parameter('EDU-01', 'age_to', 'int', rows='p') }} as is_compulsory_age,
        {{ settlement_cost('inpatient', 'MED-12') }} as inpatient_cost,
        {{ settlement_cost('chronic', 'MED-13') }} as chronic_cost
    from {{ ref('int_fact__person') }} as p
    left join (
        select person_key
        from {{ ref('int_fact__settlement') }}
        where is_inpatient and settled_year = {{ insurance_year() }} and assist_fund_pay > 0
        group by person_key
    ) as a on p.person_key = a.person_key
{%- endmacro %}

{#- What a reimbursement is a share of (alias p of int_fact__person): all costs or those in scope, as the rule's parameter says. -#}
{% macro settlement_cost(kind, rule_id) -%}
    case {{ parameter(rule_id, 'denominator', 'text', rows='p') }}
            when 'total' then p.hi_settlement__{{ kind }}_fee_total
            else p.hi_settlement__{{ kind }}_in_scope
        end
{%- endmacro %}

{#- Block → category of a row of coverage_person. -#}
{% macro coverage_blocks() -%}
    {{ return({
    'medical_assistance': "case
        when registry_identity is null then '-out_of_scope'
        when hi_settlement__state is not null then 'not_comparable'
        when coalesce(hi_settlement__inpatient_settlements, 0) = 0 then '-out_of_scope'
        when is_assisted_inpatient then 'met'
        else 'unmet'
    end",
    'compulsory_education': "case
        when is_compulsory_age is not true then '-out_of_scope'
        when enrolled__state is not null or enrolled__is_enrolled is null then 'not_comparable'
        when enrolled__is_enrolled then 'met'
        else 'unmet'
    end",
    'inpatient_reimbursement': "case
        when hi_settlement__state is not null then 'not_comparable'
        when inpatient_cost > 0 then 'counted'
        else '-out_of_scope'
    end",
    'chronic_reimbursement': "case
        when hi_settlement__state is not null then 'not_comparable'
        when chronic_cost > 0 then 'counted'
        else '-out_of_scope'
    end",
    }) }}
{%- endmacro %}

{#- Settlements inside the county in the year of the night, and whether each was settled on the spot. -#}
{% macro one_stop_settlements() -%}
    (select * from {{ ref('int_fact__settlement') }} where is_in_county and settled_year = {{ insurance_year() }}) as settlement
{%- endmacro %}

{#- Category of such a settlement; NULL says neither. -#}
{% macro one_stop_category() -%}
    case when settlement_mode is null then 'not_comparable' when settlement_mode = '一站式' then 'met' else 'unmet' end
{%- endmacro %}
