{#-
    The night's rules, as `bidui.rule.bind` froze them in ledger.night_rule: predicates are checked there and carry
    their parameters as literals, so nothing here formats a value into SQL.
-#}
{% macro night_rules(grain) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set night = as_of() | trim -%}
    {%- set bound = run_query("select count(*) from ledger.night_rule where as_of = " ~ night)[0][0] -%}
    {%- if bound == 0 and night != "date '1900-01-01'" -%}
        {{ exceptions.raise_compiler_error("the rules of " ~ night ~ " are not bound: without them every finding would close") }}
    {%- endif -%}
    {%- set rows = run_query(
        "select rule_no, rule_id, subject_sql, object_sql, predicate_sql, evidence_sql from ledger.night_rule"
        ~ " where as_of = " ~ night ~ " and grain = '" ~ grain ~ "' and status = 'active' order by rule_no"
    ) -%}
    {%- set rules = [] -%}
    {%- for row in rows -%}
        {%- do rules.append({
            'no': row[0] | int, 'id': row[1], 'subject': row[2], 'object': row[3], 'predicate': row[4], 'evidence': row[5],
        }) -%}
    {%- endfor -%}
    {{ return(rules) }}
{%- endmacro %}

{#-
    All rules of a grain in one scan of its facts. Every predicate is evaluated once per row; true, false and null
    become n, nothing and -n (n is the rule's number that night), and rows about which no rule has anything to say
    are dropped. Evidence is built for hits only.

    Columns: subject_key, object_key, household_key, household_no, county_code, town_code, village_code,
    verdicts smallint[] (n: hit, -n: not comparable), hits jsonb[] ({"rule_no", "evidence"}).
-#}
{% macro rule_pass(grain, facts) -%}
    {%- set rules = night_rules(grain) -%}
    {%- if not rules %}
select
    null::text as subject_key,
    null::text as object_key,
    null::text as household_key,
    null::text as household_no,
    null::text as county_code,
    null::text as town_code,
    null::text as village_code,
    null::smallint[] as verdicts,
    null::jsonb[] as hits
where false
    {%- else %}
with judged as (
    select
        fact.*,
        {{ rules[0].subject }}::text as _subject_key,
        {{ rules[0].object ~ '::text' if rules[0].object else "''" }} as _object_key,
        array_remove(
            array[
                {%- for rule in rules %}
                -- {{ rule.id }}
                case {{ rule.predicate }} when true then {{ rule.no }} when false then null else -{{ rule.no }} end
                {{- ',' if not loop.last }}
                {%- endfor %}
            ]::smallint[],
            null
        ) as _verdicts
    from {{ facts }} as fact
    -- Keeps the planner from pulling the array up and evaluating every predicate once more per use.
    offset 0
)

select
    _subject_key as subject_key,
    coalesce(_object_key, '') as object_key,
    household_key,
    household_no,
    county_code,
    town_code,
    village_code,
    _verdicts as verdicts,
    case
        when 0 < any(_verdicts) then
            array_remove(
                array[
                    {%- for rule in rules %}
                    case
                        when {{ rule.no }}::smallint = any(_verdicts)
                            then jsonb_build_object('rule_no', {{ rule.no }}, 'evidence', {{ rule.evidence }})
                    end
                    {{- ',' if not loop.last }}
                    {%- endfor %}
                ],
                null
            )
    end as hits
from judged
where _verdicts <> '{}' and _subject_key is not null
    {%- endif %}
{%- endmacro %}
