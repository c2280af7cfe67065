{#- A finding is rule × subject × object for its whole life: its id is a digest of that key and of nothing else. -#}
{% macro finding_id(rule_id, subject_kind, subject_key, object_key) -%}
    {{ keyed_digest(
        "concat_ws(chr(31), " ~ rule_id ~ ", " ~ subject_kind ~ ", " ~ subject_key ~ ", " ~ object_key ~ ")"
    ) }}
{%- endmacro %}

{#- Whether two rows are about one finding: the parts of its key, since its id outlives a key of its subject. -#}
{% macro same_finding(one, other) -%}
    {{ one }}.subject_key = {{ other }}.subject_key
    and {{ one }}.rule_id = {{ other }}.rule_id
    and {{ one }}.subject_kind = {{ other }}.subject_kind
    and {{ one }}.object_key = {{ other }}.object_key
{%- endmacro %}

{#-
    What the evidence says, without the rows it was read from: an exemption holds as long as this stays the same,
    whichever delivery says it.
-#}
{% macro value_hash(evidence) -%}
    {{ keyed_digest("(" ~ evidence ~ " - 'rows')::text") }}
{%- endmacro %}

{#-
    Findings as they stood before this night, its own changes left out: the table keeps every night, so a night that runs
    again, or beside the standing one, starts from the rows it started from the first time. None on the first night.
-#}
{% macro findings_before() -%}
    {{ return(night_before('mart_finding', 'finding')) }}
{%- endmacro %}
