-- The published night's verdicts by department, summed over counties; where a small cell is withheld, a lower bound.
-- Read by bidui.board.content.
select
    s.department, max(l.label_zh) as title, s.verdict,
    coalesce(sum(s.subjects), 0)::bigint as subjects, bool_or(s.suppressed) as is_least
from published.comparison_summary as s
left join published.label as l on l.kind = 'department' and l.code = s.department
where s.division_level = 'county'
group by s.department, s.verdict
order by s.department
