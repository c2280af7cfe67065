-- The published night's findings by rule and severity, summed over counties; `is_least`: a cell is withheld in the sum.
-- Read by bidui.board.content.
select
    s.rule_id, max(r.title_zh) as title_zh, max(r.title_en) as title_en, s.severity,
    coalesce(sum(s.findings) filter (where s.state = 'open'), 0)::bigint as open,
    coalesce(sum(s.opened), 0)::bigint as opened, coalesce(sum(s.closed), 0)::bigint as closed, bool_or(s.suppressed) as is_least
from published.finding_summary as s
left join (
    select distinct on (rule_id) rule_id, title_zh, title_en from published.rule order by rule_id, rule_status = 'active' desc
) as r on r.rule_id = s.rule_id
where s.division_level = 'county'
group by s.rule_id, s.severity
order by open desc, s.rule_id
