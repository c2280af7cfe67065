-- Which cells of published counts must be empty, so that nobody can work out a small one.
--
-- A block is a table of counts: divisions in a tree down, categories across, every subject in exactly one category.
-- Readers are taken to know how many subjects each division has, and that a parent is the sum of its children (the rest
-- of a parent that is in none of its children is a child too). So an empty cell is safe when counts could be moved round
-- a ring of empty cells without any sum changing. Rings are made to run through one category, the anchor: every row with
-- an empty cell leaves its anchor empty too, and so two rows that are empty in the same category close a ring. The anchor
-- is the least of the categories that are large enough at the top, so that what is about many is seldom lost.
--
--   primary   a count of 1 to k - 1
--   row       the anchor; at least two empty cells, together at least k
--   column    at least two siblings, together at least k, unless the parent's own cell is empty
--   down      an empty parent has an empty child, else the children give it back
--
-- `cells` has: block text, division_code text, parent_code text (null at the top), category text, value bigint,
-- is_outside boolean (the subjects that the block is not about: never the anchor, so that a part that is about few is
-- not hidden with them), hide_row boolean (the division's own total is withheld: leave the anchor empty), keep boolean
-- (leave the cell empty whatever it holds: it was on the eve).
-- Returns the cells to leave empty.

create or replace function mart_summary.cells_of_one_table(cells regclass, k int)
returns table (block text, division_code text, category text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    changed bigint;
    changes bigint;
begin
    drop table if exists pg_temp.cell;
    execute format(
        'create temp table cell on commit drop as
        with totals as (
            select
                block, category, is_outside, sum(value) as total,
                min(value) filter (where parent_code is null) as least
            from %1$s
            group by 1, 2, 3
        ),
        anchors as (
            select distinct on (block) block, category
            from totals
            order by
                block, is_outside, least >= %2$s desc,
                case when least >= %2$s then total else -total end, category
        )
        select
            c.block, c.division_code, c.parent_code, c.category, c.value,
            a.category is not null as is_anchor,
            c.value between 1 and %2$s - 1 or (c.hide_row and a.category is not null) or c.keep as withheld
        from %1$s as c
        left join anchors as a on a.block = c.block and a.category = c.category',
        cells, k
    );
    create index on pg_temp.cell (block, division_code);
    create index on pg_temp.cell (block, parent_code, category);
    analyze pg_temp.cell;

    loop
        changes := 0;

        -- Row: the anchor goes with the first empty cell.
        update pg_temp.cell as c
        set withheld = true
        where
            c.is_anchor
            and not c.withheld
            and exists (
                select from pg_temp.cell as o
                where o.block = c.block and o.division_code = c.division_code and o.withheld
            );
        get diagnostics changed = row_count;
        changes := changes + changed;

        -- Row: two empty cells, together at least k. The largest cell is added.
        with short as (
            select block, division_code
            from pg_temp.cell
            group by block, division_code
            having
                count(*) > 1
                and bool_or(withheld)
                and not bool_and(withheld)
                and (count(*) filter (where withheld) < 2 or sum(value) filter (where withheld) < k)
        ),
        added as (
            select distinct on (c.block, c.division_code) c.block, c.division_code, c.category
            from pg_temp.cell as c
            inner join short as s on s.block = c.block and s.division_code = c.division_code
            where not c.withheld
            order by c.block, c.division_code, c.value desc, c.category
        )
        update pg_temp.cell as c
        set withheld = true
        from added as a
        where a.block = c.block and a.division_code = c.division_code and a.category = c.category;
        get diagnostics changed = row_count;
        changes := changes + changed;

        -- Column: two empty siblings, together at least k, where the parent is shown. Rather a row that has empty cells
        -- already, rather one whose cell is not nought; else by code, so that the pattern stays from night to night.
        -- Where no sibling is left, the parent goes.
        with row_state as (
            select
                block,
                division_code,
                bool_or(withheld) as has_empty,
                coalesce(sum(value) filter (where is_anchor), 0) > 0 as has_anchor
            from pg_temp.cell
            group by block, division_code
        ),
        sibling_column as (
            select
                c.block,
                c.parent_code,
                c.category,
                count(*) filter (where c.withheld) as empty_cells,
                coalesce(sum(c.value) filter (where c.withheld), 0) as empty_sum,
                bool_and(c.withheld) as all_empty,
                bool_or(p.withheld) as parent_empty
            from pg_temp.cell as c
            inner join pg_temp.cell as p
                on p.block = c.block and p.division_code = c.parent_code and p.category = c.category
            group by c.block, c.parent_code, c.category
        ),
        short as (
            select *
            from sibling_column
            where
                (not parent_empty and empty_cells > 0 and (empty_cells < 2 or empty_sum < k))
                or (parent_empty and empty_cells = 0)
        ),
        added as (
            select distinct on (c.block, c.parent_code, c.category) c.block, c.division_code, c.category
            from pg_temp.cell as c
            inner join short as s
                on s.block = c.block and s.parent_code = c.parent_code and s.category = c.category
            inner join row_state as r on r.block = c.block and r.division_code = c.division_code
            where not c.withheld
            order by
                c.block, c.parent_code, c.category,
                c.value > 0 desc, r.has_empty desc, r.has_anchor desc, c.division_code
        ),
        parents as (
            select s.block, s.parent_code, s.category
            from short as s
            where s.all_empty and not s.parent_empty
        )
        update pg_temp.cell as c
        set withheld = true
        from (select * from added union all select * from parents) as a (block, division_code, category)
        where a.block = c.block and a.division_code = c.division_code and a.category = c.category;
        get diagnostics changed = row_count;
        changes := changes + changed;

        exit when changes = 0;
    end loop;

    return query select c.block, c.division_code, c.category from pg_temp.cell as c where c.withheld;
    drop table pg_temp.cell;
end
$$;
comment on function mart_summary.cells_of_one_table is
'小数抑制：主抑制与补充抑制 · cells to leave empty: small ones, and those that would give them back by subtraction';

-- The same of blocks that are not about everybody. How many a block is about is a figure of its own, and another block may
-- tell it (people with dibao, by tier and by kind). So it is decided first, from nothing but that number and the cells
-- outside, and comes out the same in every such block; what is inside is then a table with that number as its total.
create or replace function mart_summary.cells_to_withhold(cells regclass, k int)
returns table (block text, division_code text, category text)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    drop table if exists pg_temp.part_cell, pg_temp.part_withheld, pg_temp.inside_cell;
    execute format(
        'create temp table part_cell on commit drop as
        select
            c.block, c.division_code, c.parent_code, c.is_outside,
            case when c.is_outside then c.category else ''inside'' end as category,
            bool_or(c.hide_row) as hide_row,
            bool_or(c.keep and c.is_outside) as keep,
            sum(c.value)::bigint as value
        from %1$s as c
        where exists (select from %1$s as o where o.block = c.block and o.is_outside)
        group by 1, 2, 3, 4, 5',
        cells
    );
    create temp table part_withheld on commit drop as
    select * from mart_summary.cells_of_one_table('pg_temp.part_cell', k);
    execute format(
        'create temp table inside_cell on commit drop as
        select
            c.block, c.division_code, c.parent_code, c.category, c.is_outside, c.keep, c.value,
            c.hide_row or w.category is not null as hide_row
        from %1$s as c
        left join pg_temp.part_withheld as w
            on w.block = c.block and w.division_code = c.division_code and w.category = ''inside''
        where not c.is_outside',
        cells
    );
    return query
    select w.block, w.division_code, w.category from pg_temp.part_withheld as w where w.category <> 'inside'
    union all
    select * from mart_summary.cells_of_one_table('pg_temp.inside_cell', k);
    drop table pg_temp.part_cell, pg_temp.part_withheld, pg_temp.inside_cell;
end
$$;
comment on function mart_summary.cells_to_withhold is
'小数抑制：先定各块所及总数，再定块内各格 · cells to leave empty: first the number that a block is about, then what is inside';
revoke all on function mart_summary.cells_of_one_table, mart_summary.cells_to_withhold from public;
