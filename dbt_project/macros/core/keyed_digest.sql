{#-
    A digest (32 hexadecimal characters) of a text that may hold personal values. It is keyed with this warehouse's
    secret (ledger.hash_key): digests stand in front of people who may not see the values, and an ID number has so few
    possible values that a plain hash of one is found out by trying them all. The subquery is evaluated once a statement.
-#}
{% macro keyed_digest(text) -%}
    left(
        encode(
            sha256(convert_to(
                (select k.hash_key from {{ source('ledger', 'hash_key') }} as k) || chr(31) || {{ text }}, 'UTF8'
            )),
            'hex'
        ),
        32
    )
{%- endmacro %}
