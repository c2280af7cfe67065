{#- Identities whose premium is subsidised: those with an amount above 0 in the table of parameter MED-08. -#}
{% macro subsidised_identities() -%}
    array(
        select p.key
        from reference.parameter as p
        where
            p.rule_id = 'MED-08'
            and p.parameter = 'subsidy_amount'
            and p.valid_from <= {{ as_of() }}
            and {{ as_of() }} < p.valid_to
            and p.value ~ '^[0-9.]+$'
            and p.value !~ '^[0.]+$'
    )
{%- endmacro %}
