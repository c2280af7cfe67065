-- Answers to findings belong to the finding's county: an auditor reads those of the counties granted. The owner of the
-- table writes and reads all of them; engineers read the columns that name nobody (access.yml).

create or replace function ledger.sees_finding(finding_id text) returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if (select all_counties from ledger.session_access) then
        return true;
    end if;
    if to_regclass('mart_finding.finding') is null then
        return false;
    end if;
    return exists (
        select
        from mart_finding.finding as f
        cross join ledger.session_access as my
        where f.finding_id = sees_finding.finding_id and f.county_code = any(my.counties)
    );
end
$$;

alter table ledger.outcome enable row level security;

do $$
begin
    if not exists (select from pg_policies where schemaname = 'ledger' and tablename = 'outcome') then
        create policy all_rows on ledger.outcome for select to bidui_view_owner, bidui_engineer using (true);
        create policy granted_counties on ledger.outcome for select to bidui_auditor using (ledger.sees_finding(finding_id));
    end if;
end
$$;
