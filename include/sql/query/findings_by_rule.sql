-- Findings of a night by rule, severity and owner: open, opened, closed. Counts, nothing of a person.
-- Read by bidui.night.report. Parameters: as_of.
select f.rule_id, r.title_zh, r.title_en, f.severity, f.owner_department, bool_and(f.is_baseline) as is_baseline,
    count(*) filter (where f.state = 'open') as open,
    count(*) filter (where e.event in ('opened', 'reopened')) as opened,
    count(*) filter (where e.event = 'closed') as closed
from mart_finding.finding as f
left join (select distinct on (rule_id) rule_id, title_zh, title_en from reference.rule order by rule_id, active_from desc nulls last)
    as r on r.rule_id = f.rule_id
left join mart_finding.finding_event as e on e.finding_id = f.finding_id and e.as_of = %(as_of)s
where f.from_night <= %(as_of)s and %(as_of)s < f.to_night
group by f.rule_id, r.title_zh, r.title_en, f.severity, f.owner_department
order by open desc, f.rule_id
