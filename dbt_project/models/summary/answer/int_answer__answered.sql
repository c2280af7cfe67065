{#- Findings with the answer that counts: what the field check said, and which side it found wrong. -#}
select
    standing.finding_id,
    standing.rule_id,
    standing.rule_version,
    standing.county_code,
    date_trunc('month', a.answered_on)::date as answered_in,
    a.verdict,
    a.wrong_side
from ({{ answers_known() }}) as a
inner join {{ this_night(ref('finding')) }} on a.finding_id = standing.finding_id
