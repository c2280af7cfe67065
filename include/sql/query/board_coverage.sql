-- The published night's coverage by county and indicator. Read by bidui.board.content.
select d.name as division, coalesce(l.label_zh, c.indicator) as title, c.indicator, c.rate, c.target, c.met, c.not_comparable, c.suppressed
from published.coverage as c
left join published.label as l on l.kind = 'indicator' and l.code = c.indicator
left join published.division as d
    on d.division_code = c.division_code and d.valid_from <= c.as_of and c.as_of < d.valid_to
where c.division_level = 'county'
order by c.division_code, c.indicator
