-- Places: the forms in which a division may be written. Rules of functions as in 050_parse.sql.

-- A place without its trailing kind, so that 王庄, 王庄村 and 王庄村委会 meet; never empty for a text that is not.
create or replace function parse.place_stem(key text) returns text
language sql immutable parallel safe as $$
    select coalesce(
        nullif(
            regexp_replace(
                key,
                '(村?村民委员会|村?村委会|村?村委|社区居民委员会|社区居委会|居民委员会|居委会|街道办事处|街道办|办事处|街道|社区|村'
                '|镇人民政府|乡人民政府|镇|乡|县|区|市|旗)$',
                ''
            ),
            ''
        ),
        key
    )
$$;

-- A path without the province and prefecture before the county, for reference data that begins at the county.
create or replace function parse.place_tail(key text) returns text
language sql immutable parallel safe as $$
    select nullif(
        nullif(
            regexp_replace(
                key, '^([^省市县镇乡村]+省|[^省市县镇乡村]+自治区)?([^省市县镇乡村]+市|[^省市县镇乡村]+州|[^省市县镇乡村]+盟|[^省市县镇乡村]+地区)?', ''
            ),
            key
        ),
        ''
    )
$$;

-- The part of an address that may name a division: up to its first village or community, else its first town.
create or replace function parse.address_place(address text) returns text
language sql immutable parallel safe as $$
    select coalesce(
        substring(address from '^.+?(?:村民委员会|村委会|居民委员会|居委会|社区|村)'),
        substring(address from '^.+?(?:镇|乡|街道)')
    )
$$;

-- Its town: what stands before and with the first 镇, 乡 or 街道.
create or replace function parse.address_town(address text) returns text
language sql immutable parallel safe as $$
    select substring(address from '^.+?(?:镇|乡|街道)')
$$;

-- Every way to write a division: its name, a former name (not exact), an alias; alone or with its ancestors before it
-- (`levels` says how many names the key joins; ancestors by name only). Valid [valid_from, valid_to).
drop view if exists reference.division_key;
create view reference.division_key as
with division_name as (
    select
        division_code,
        division_level,
        parent_code,
        parse.text_key(name) as name_key,
        true as is_name,
        true as is_exact,
        valid_from,
        valid_to
    from reference.division
    union
    -- a code that lives on under another name: its old name is still a hint
    select
        division_code,
        division_level,
        parent_code,
        parse.text_key(name) as name_key,
        true as is_name,
        false as is_exact,
        valid_to as valid_from,
        max(valid_to) over (partition by division_code) as valid_to
    from reference.division
    union
    select
        alias.division_code,
        division.division_level,
        division.parent_code,
        parse.text_key(alias.alias) as name_key,
        false as is_name,
        true as is_exact,
        greatest(alias.valid_from, division.valid_from) as valid_from,
        least(alias.valid_to, division.valid_to) as valid_to
    from reference.division_alias as alias
    inner join reference.division as division on alias.division_code = division.division_code
),

named as (
    select *
    from division_name
    where name_key is not null and valid_from < valid_to
),

path as (
    select distinct
        self.division_code,
        self.division_level,
        self.is_exact,
        self.valid_from,
        self.valid_to,
        parent.division_code as code_1,
        parent.division_level as level_1,
        grandparent.division_code as code_2,
        grandparent.division_level as level_2,
        written.levels::int as levels,
        written.key
    from named as self
    left join named as parent on self.parent_code = parent.division_code and parent.is_name
    left join named as grandparent on parent.parent_code = grandparent.division_code and grandparent.is_name
    left join named as great_1 on grandparent.parent_code = great_1.division_code and great_1.is_name
    left join named as great_2 on great_1.parent_code = great_2.division_code and great_2.is_name
    -- a path that starts above the known ancestors is NULL: || does not pass over NULL
    cross join
        unnest(
            array[
                self.name_key,
                parent.name_key || self.name_key,
                grandparent.name_key || parent.name_key || self.name_key,
                great_1.name_key || grandparent.name_key || parent.name_key || self.name_key,
                great_2.name_key || great_1.name_key || grandparent.name_key || parent.name_key || self.name_key
            ]
        ) with ordinality as written (key, levels)
    where written.key is not null
)

select
    key,
    parse.place_stem(key) as stem,
    levels,
    levels = case division_level when 'county' then 1 when 'town' then 2 when 'village' then 3 end as is_from_county,
    is_exact,
    division_code,
    division_level,
    case 'county'
        when division_level then division_code
        when level_1 then code_1
        when level_2 then code_2
    end as county_code,
    case 'town' when division_level then division_code when level_1 then code_1 end as town_code,
    case when division_level = 'village' then division_code end as village_code,
    valid_from,
    valid_to
from path;
comment on view reference.division_key is
'区划的各种写法（现名、曾用名、别名，单写或带上级） · every way to write a division: name, former name, alias, alone or after its ancestors';
