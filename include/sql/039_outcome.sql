-- Answers to findings, as people and tools read them. They belong to the finding's county: an auditor reads those of the
-- counties granted. What somebody wrote in their own words (why, who was met in the field, how the file is called) may
-- name people, so it needs the right to names there; the story of a finding and every export read the same view.

-- How the connected login may read an answer: NULL not at all, false without what was written in free words, true all.
-- A finding may have moved: one of its counties lets a login read the answer, all of them show its words.
create or replace function ledger.answer_shown(finding_id text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    my ledger.session_access;
    is_theirs boolean;
    shows_names boolean;
begin
    select * into my from ledger.session_access;
    if my.all_identifiers then
        return true;
    end if;
    if to_regclass('mart_finding.finding') is not null then
        select bool_or(f.county_code = any(my.counties)), bool_and(coalesce(f.county_code = any(my.identifier_counties), false))
        into is_theirs, shows_names
        from mart_finding.finding as f
        where f.finding_id = answer_shown.finding_id;
    end if;
    if my.all_counties or is_theirs then
        return coalesce(shows_names, false);
    end if;
    -- Engineers see that there are answers, never their words (access.yml).
    return case when pg_has_role(session_user, 'bidui_engineer', 'member') then false end;
end
$$;

create or replace view ledger.outcome with (security_barrier = true) as
select
    a.outcome_id,
    a.finding_id,
    a.verdict,
    a.wrong_side,
    case when may.read_words then a.reason end as reason,
    case when may.read_words then a.field_check end as field_check,
    a.answered_by,
    a.answered_on,
    a.valid_until,
    a.value_hash,
    a.approved_by,
    case when may.read_words then a.source_file end as source_file,
    case when may.read_words then a.source_sheet end as source_sheet,
    a.source_row_no,
    not may.read_words as is_withheld,
    a.recorded_at
from ledger.answer as a
-- The limit keeps it apart, so that the function is asked once a row.
cross join lateral (
    select ledger.answer_shown(a.finding_id) as read_words
    order by 1
    limit 1
) as may
where may.read_words is not null;
-- A function in a view runs with the rights of whoever reads; this one tells a login its own rights and nothing else.
-- The story of a finding (audit.explain_finding) runs as the views' owner.
grant select on ledger.outcome to bidui_view_owner;
comment on view ledger.outcome is
'核查结果：一行为对一个疑点的一次答复；文字说明须有标识权限 · answers to findings; what was written in free words needs the right to names';
