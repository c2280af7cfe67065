{#-
    Where a row says it is. Places are resolved once per way of writing (a few thousand in a million rows), by
    equality of normalised names only (reference.division_key), valid on the batch's data date.

    A division is taken when every cell that says something about its level or a level above agrees with it: the cell
    names it or one of its ancestors. The deepest such level wins; between two candidates that fit equally well nothing
    is taken and the level above is tried. A town that resolves with a village that does not gives the town.

    county, town, village are the delivered columns; each may hold a whole path. Where there is only an address, its
    beginning counts as a path (a village named alone in it as nothing).
-#}
{% macro place_text(county=none, town=none, village=none, address=none) -%}
    {%- set cells = [county, town, village, 'parse.address_place(' ~ address ~ ')' if address] | select | list -%}
    {%- set texts = [] -%}
    {%- for cell in cells -%}{%- do texts.append("coalesce(" ~ cell ~ ", '')") -%}{%- endfor -%}
    {{ texts | join(" || '|' || ") }}
{%- endmacro %}

{#- A CTE's body: place_text, division_code, division_level, county_code, town_code, village_code. -#}
{% macro resolved_places(extract, county=none, town=none, village=none, address=none) -%}
    {%- set cells = [] -%}
    {%- if county -%}{%- do cells.append((1, 'county', county)) -%}{%- endif -%}
    {%- if town -%}{%- do cells.append((2, 'town', town)) -%}{%- endif -%}
    {%- if village -%}{%- do cells.append((3, 'village', village)) -%}{%- endif -%}
    {%- if address -%}
        {%- set address_place = 'parse.address_place(' ~ address ~ ')' -%}
        {%- do cells.append((2, 'town', 'parse.address_town(' ~ address_place ~ ')')) -%}
        {%- do cells.append((3, 'address', address_place)) -%}
    {%- endif -%}
    {%- set named_cells, cell_rows = [], [] -%}
    {%- for depth, level, column in cells -%}
        {%- do named_cells.append(column ~ ' as ' ~ level ~ '_cell') -%}
        {%- do cell_rows.append('(' ~ depth ~ ", '" ~ level ~ "', written." ~ level ~ '_cell)') -%}
    {%- endfor %}
    with written as (
        select distinct
            {{ place_text(county, town, village, address) }} as place_text,
            {{ named_cells | join(',\n            ') }}
        from {{ landed(extract) }} as delivered
    ),
    cell as (
        select
            written.place_text,
            cell.depth,
            cell.level,
            parse.text_key(cell.text) as key,
            parse.place_tail(parse.text_key(cell.text)) as tail
        from written
        cross join lateral (
            values
            {{ cell_rows | join(',\n            ') }}
        ) as cell (depth, level, text)
        where parse.text_key(cell.text) is not null
    ),
    -- 红旗 without its 村 ends like a banner: a text may be a stem already
    stem as (
        select
            cell.*,
            stem.stem,
            stem.is_tail
        from cell
        cross join lateral (
            values
            (cell.key, false),
            (parse.place_stem(cell.key), false),
            (cell.tail, true),
            (parse.place_stem(cell.tail), true)
        ) as stem (stem, is_tail)
    ),
    division_key as materialized (
        select *
        from {{ source('reference', 'division_key') }}
        where valid_from <= {{ data_date() }} and {{ data_date() }} < valid_to
    ),
    -- a bare name speaks for the level of its column; a path speaks for itself
    agreement as (
        select
            stem.place_text,
            stem.depth,
            division_key.division_code,
            division_key.division_level,
            division_key.county_code,
            division_key.town_code,
            division_key.village_code,
            bool_or(division_key.is_exact and division_key.key in (stem.key, coalesce(stem.tail, stem.key))) as is_exact
        from stem
        inner join division_key
            on division_key.stem = stem.stem
            and case
                when stem.is_tail then division_key.is_from_county
                else division_key.levels > 1 or division_key.division_level = stem.level
            end
        group by 1, 2, 3, 4, 5, 6, 7
    ),
    candidate as (
        select distinct
            place_text,
            division_code,
            division_level,
            case division_level when 'county' then 1 when 'town' then 2 when 'village' then 3 end as depth,
            county_code,
            town_code,
            village_code
        from agreement
        where division_level in ('county', 'town', 'village')
    ),
    -- what each cell says of each candidate: that it or an ancestor is named there. Joined once: asked per candidate and
    -- cell, a county of a million people took the square of its ways of writing a place
    agreed as (
        select
            candidate.place_text,
            candidate.division_code,
            agreement.depth,
            bool_or(agreement.is_exact) as is_exact,
            bool_or(agreement.division_code = candidate.division_code) as is_named
        from candidate
        inner join agreement
            on agreement.place_text = candidate.place_text
            and agreement.division_code in (candidate.county_code, candidate.town_code, candidate.village_code)
        group by 1, 2, 3
    ),
    -- every cell down to the candidate's level must agree; how many of them only by their stem
    supported as (
        select
            candidate.place_text,
            candidate.division_code,
            candidate.division_level,
            candidate.depth,
            candidate.county_code,
            candidate.town_code,
            candidate.village_code,
            count(*) filter (where not agreed.is_exact) as by_stem
        from candidate
        inner join cell on cell.place_text = candidate.place_text
        left join agreed
            on agreed.place_text = candidate.place_text
            and agreed.division_code = candidate.division_code
            and agreed.depth = cell.depth
        where cell.depth <= candidate.depth or agreed.is_named
        group by 1, 2, 3, 4, 5, 6, 7
        having bool_and(agreed.is_exact is not null)
    ),
    ranked as (
        select
            *,
            count(*) over best as rivals,
            rank() over (partition by place_text, depth order by by_stem) as place_in_level
        from supported
        window best as (partition by place_text, depth, by_stem)
    )
    select distinct on (place_text)
        place_text,
        division_code,
        division_level,
        county_code,
        town_code,
        village_code
    from ranked
    where place_in_level = 1 and rivals = 1
    order by place_text, depth desc
{%- endmacro %}

{#- What a model selects of that CTE, called `place`. -#}
{% macro place_codes() -%}
    place.division_code,
        place.county_code,
        place.town_code,
        place.village_code
{%- endmacro %}

{#- The day the batch speaks for; the night where the batch has no data date. -#}
{% macro data_date() -%}
    coalesce(
        (select b.data_date from {{ source('ledger', 'batch') }} as b where b.batch_id = {{ this_batch() }}),
        {{ as_of() }}
    )
{%- endmacro %}
