-- One link's whole story: the decision, what weighed how much, what spoke against it, both sides' rows, and what
-- reviewers said. Rights as in the audit views; `with_names` asks for names and numbers, which need the extra right.
create or replace function audit.explain_link(
    batch_id bigint, row_no bigint, subject_role text default 'self', with_names boolean default false,
    night date default null
) returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    read_night date := (
        select coalesce(night, p.as_of) from ledger.published_night as p where coalesce(night, p.as_of) <= p.as_of
    );
    my ledger.session_access;
    found record;
    shows boolean;
begin
    if to_regclass('mart_identity.link') is null or to_regclass('mart_summary.person') is null then
        return null;
    end if;
    select * into my from ledger.session_access;
    select
        l.*,
        p.person_no,
        p.county_code,
        p.registry_batch_id,
        p.registry_row_no
    into found
    from mart_identity.link as l
    left join mart_summary.person as p
        on p.person_key = l.person_key and p.from_night <= read_night and read_night < p.to_night
    where
        l.batch_id = explain_link.batch_id
        and l.row_no = explain_link.row_no
        and l.subject_role = explain_link.subject_role
        and l.from_night <= read_night and read_night < l.to_night
        and (my.all_counties or p.county_code = any(my.counties));
    if found.batch_id is null then
        return null;
    end if;
    shows := with_names and (my.all_identifiers or coalesce(found.county_code = any(my.identifier_counties), false));
    return jsonb_build_object(
        'as_of', read_night,
        'extract', found.extract,
        'batch_id', found.batch_id::text,
        'row_no', found.row_no,
        'subject_role', found.subject_role,
        'person_key', ledger.shown_key(found.person_key, found.person_no),
        'decision', found.decision,
        'tier', found.tier,
        'rule', found.rule,
        'model_version', found.model_version,
        'match_weight', found.match_weight,
        'runner_up_weight', found.runner_up_weight,
        'limits', (
            select jsonb_build_object('link_at', o.link_at, 'review_at', o.review_at, 'margin', o.margin)
            from reference.link_model as o
            where o.model_version = found.model_version
        ),
        'comparison', found.comparison,
        'gates', found.gates,
        'verdict', (
            select jsonb_build_object(
                'verdict', v.verdict, 'decided_on', v.decided_on,
                'decided_by', v.decided_by, 'reason', case when shows then v.reason end
            )
            from ledger.link_verdict as v
            where v.verdict_id = (found.comparison ->> 'verdict_id')::bigint
        ),
        'names_are_shown', shows,
        'rows', (
            select jsonb_agg(ledger.told_row(r.batch_id, r.row_no, shows) order by r.side)
            from (
                values (1, found.batch_id, found.row_no), (2, found.registry_batch_id, found.registry_row_no)
            ) as r (side, batch_id, row_no)
            where r.batch_id is not null
        )
    );
end
$$;
alter function audit.explain_link owner to bidui_view_owner;
revoke all on function audit.explain_link from public;
comment on function audit.explain_link is
'一条关联的依据（JSON）；with_names 时按权限显示双方原始行 · one link''s evidence as JSON; with_names shows both rows, as rights allow';
