{#- The month in which a settlement's service was given: of admission, else of settling. -#}
{% macro service_month(settlement) -%}
    date_trunc('month', coalesce({{ settlement }}.admitted_on, {{ settlement }}.settled_at::date))::date
{%- endmacro %}

{#- The episode of monitoring that a registry row shows for a month (the month of clearing included), as json; NULL: none. -#}
{% macro monitored_as(rows, month) -%}
    case
        when
            {{ rows }}.monitor_category is not null
            and coalesce({{ rows }}.monitored_from, '-infinity') <= {{ month }}
            and coalesce({{ rows }}.risk_cleared_on, 'infinity') >= {{ month }}
            then jsonb_build_object('category', {{ rows }}.monitor_category, 'cleared_on', {{ rows }}.risk_cleared_on)
    end
{%- endmacro %}
