{#- Identities whose premium is subsidised: those with an amount above 0 in the table of parameter MED-08. -#}
{% macro subsidised_identities() -%}
    array(
        select p.key
        from reference.parameter_tonight as p
        where
            p.rule_id = 'MED-08'
            and p.parameter = 'subsidy_amount'
            and p.value ~ '^[0-9.]+$'
            and p.value !~ '^[0.]+$'
    )
{%- endmacro %}
