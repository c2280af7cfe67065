{#- Identities whose premium is subsidised: those with an amount above 0 in the table of parameter MED-08. -#}
{% macro subsidised_identities() -%}
    array(
        select amount.key
        from {{ source('reference', 'parameter_tonight') }} as amount
        where
            amount.rule_id = 'MED-08'
            and amount.parameter = 'subsidy_amount'
            and amount.value ~ '^[0-9.]+$'
            and amount.value !~ '^[0.]+$'
    )
{%- endmacro %}
