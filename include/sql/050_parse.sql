-- Parsing: what delivered text says. Every function is immutable and parallel safe, and none raises on any text:
-- an exception would print the value, and one bad cell would stop a batch.
--
-- Each function has a fast path, one expression that the planner inlines and that decides clean text, and, where
-- text may be dirty, a slow path `parse.<name>_slow` in plpgsql. Nothing here may read a table or a setting.
-- Regular expressions on the fast path are loops over one class (`[0-9]+`), never counted (`[0-9]{17}`): PostgreSQL
-- builds the automaton anew for every value, and a counted one is seven times slower.

-- Text ---------------------------------------------------------------------------------------------------------

-- Blanks at the ends off, NFKC, control and invisible characters out; no null tokens. Never NULL for a text.
create or replace function parse.plain_slow(value text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    plain text := normalize(value, nfkc);
begin
    if plain ~ '[\u0001-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]' then
        plain := regexp_replace(plain, '[\u0009-\u000d\u0085\u2028\u2029]+', ' ', 'g');
        plain := regexp_replace(
            plain, '[\u0001-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+', '', 'g'
        );
    end if;
    return btrim(plain);
end
$$;

create or replace function parse.plain(value text) returns text
language sql immutable parallel safe as $$
    -- printable ASCII without blanks, and common ideographs: nothing to do
    select case when value ~ '^[!-~一-龥]+$' then value else parse.plain_slow(value) end
$$;

-- Whether plain text only says that there is nothing.
create or replace function parse.is_null_token(plain text) returns boolean
language sql immutable parallel safe as $$
    select
        plain in (
            '', '无', '无。', '不详', '未知', '暂无', '空', '(空)', '(无)', '/', '\', '-', '--', '——', '—',
            'NA', 'N/A', 'n/a', 'na', 'null', 'NULL', 'Null', 'None', 'none', 'nan', 'NaN', 'NaT', '<NA>', '(null)',
            '#N/A', '#REF!', '#VALUE!', '#NAME?', '#DIV/0!', '#NUM!', '#NULL!', '0000-00-00', '0000-00-00 00:00:00',
            '00000000', '00000000000000', '0000/00/00', '0000.00.00'
        )
        or (plain ~ '^[-‐-―−ー_/\\.。、*… ]' and btrim(plain, '-‐‑‒–—―−ー_/\.。、*… ') = '')
$$;

create or replace function parse.clean_slow(value text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    plain text := parse.plain(value);
begin
    return case when not parse.is_null_token(plain) then plain end;
end
$$;

-- The same with some characters exchanged and the rest of `outs` taken out, upper case; what is left may again only say
-- that there is nothing.
create or replace function parse.clean_without(value text, outs text, ins text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    plain text := translate(upper(parse.clean_slow(value) collate "C"), outs, ins);
begin
    -- A mark that combines would join with the letter before it once a blank between them is out, or upper case is lower.
    if plain ~ '[\u0300-\u036f]' then
        plain := regexp_replace(plain, '[\u0300-\u036f]+', '', 'g');
    end if;
    return case when not parse.is_null_token(plain) then plain end;
end
$$;

create or replace function parse.clean(value text) returns text
language sql immutable parallel safe as $$
    select case
        when value ~ '^[0-9A-Za-z一-龥]+$'
            then case
                when value in (
                    '无', '不详', '未知', '暂无', '空', 'NA', 'na', 'null', 'NULL', 'Null', 'None', 'none', 'nan', 'NaN', 'NaT',
                    '00000000', '00000000000000'
                ) then null
                else value
            end
        else parse.clean_slow(value)
    end
$$;

-- The form in which code lists are looked up: clean, without any blank, upper case; a code that became a float (1.0)
-- is the code.
create or replace function parse.code_key(value text) returns text
language sql immutable parallel safe as $$
    select case
        when value ~ '^[0-9A-Z一-龥]+$'
            then case when value in ('无', '不详', '未知', '暂无', '空', 'NA', 'NULL', '00000000', '00000000000000') then null else value end
        else regexp_replace(parse.clean_without(value, ' ', ''), '^([0-9]+)[.]0+$', '\1')
    end
$$;

-- The form in which headers, places and aliases are matched: clean, without blanks and quotes, one kind of bracket
-- and of dot, lower case.
create or replace function parse.text_key(value text) returns text
language sql immutable parallel safe as $$
    select lower(
        parse.clean_without(value, '【】〔〕[]{}〈〉《》「」"''“”‘’` 　•‧∙⋅・·', '()()()()') collate "C"
    )
$$;

-- Numbers that departments give to people and households: text without blanks, apostrophe and the ".0" of a float.
create or replace function parse.number_text(value text) returns text
language sql immutable parallel safe as $$
    select case
        when value ~ '^[0-9]+$' then value
        else regexp_replace(parse.clean_without(value, ' ''`’‘"“”', ''), '^([0-9]+)\.0+$', '\1')
    end
$$;

-- The same without leading zeros, which a spreadsheet eats: join on this. A number in scientific notation has lost
-- digits for good and gives NULL.
create or replace function parse.number_key_slow(value text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    number text := parse.number_text(value);
begin
    return case
        when number ~ '^[0-9]+$' then coalesce(nullif(ltrim(number, '0'), ''), '0')
        when number ~ '^[0-9.]+E[+]?[0-9]+$' then null
        else number
    end;
end
$$;

create or replace function parse.number_key(value text) returns text
language sql immutable parallel safe as $$
    select case
        when value ~ '^[1-9][0-9]*$' then value
        else parse.number_key_slow(value)
    end
$$;

-- Several values in one cell, in one order: split at commas, enumeration commas, semicolons, slashes and bars.
create or replace function parse.sorted_list_slow(value text) returns text
language plpgsql immutable parallel safe strict as $$
begin
    return (
        select string_agg(distinct part, '、' order by part)
        from (
            select parse.clean(piece) as part
            from unnest(regexp_split_to_array(parse.plain(value), '[,、;/|。 ]+')) as piece
        ) as parts
        where part is not null
    );
end
$$;

create or replace function parse.sorted_list(value text) returns text
language sql immutable parallel safe as $$
    select case when value ~ '^[0-9A-Za-z一-龥]+$' then parse.clean(value) else parse.sorted_list_slow(value) end
$$;

-- Yes and no -----------------------------------------------------------------------------------------------------
create or replace function parse.to_bool_slow(value text) returns boolean
language plpgsql immutable parallel safe strict as $$
declare
    word text := parse.code_key(value);
begin
    return case
        when word in (
            '是', '1', 'Y', 'YES', 'T', 'TRUE', '√', '✓', '✔', '☑', '对', '真', '有', '已', '属实',
            '参加', '已参加', '参保', '已参保', '参合', '已参合', '代缴', '已代缴', '已缴', '已缴费', '享受', '已享受',
            '接受', '已接受', '解决', '已解决', '消除', '已消除', '保障', '保障对象', '需要', '唯一', '在保',
            '留守', '留守儿童', '单亲留守儿童', '双亲留守儿童', '孤儿'
        ) then true
        when word in (
            '否', '0', 'N', 'NO', 'F', 'FALSE', '×', '✕', '✗', '✘', 'X', '☐', '□', '不', '不是', '非', '错', '假',
            '没有', '未', '没参加', '未参加', '不参加', '没参保', '未参保', '停保', '未参合', '未代缴', '未缴', '未缴费',
            '未享受', '不享受', '未接受', '未解决', '没解决', '未消除', '不保障', '非保障对象', '不需要', '非唯一', '不唯一',
            '非留守', '非留守儿童', '非孤儿'
        ) then false
    end;
end
$$;

create or replace function parse.to_bool(value text) returns boolean
language sql immutable parallel safe as $$
    select case
        when value in ('是', '1', 'Y', '√', '参加', '已参保', '代缴', '有', 'true') then true
        when value in ('否', '0', 'N', '×', '没参加', '未参加', '未参保', 'false') then false
        else parse.to_bool_slow(value)
    end
$$;

-- Dates ----------------------------------------------------------------------------------------------------------

-- A date of the calendar, or NULL. 1850 to 2200 is plausible for anything in these files; 9999 means "without end".
create or replace function parse.calendar_date(y int, m int, d int) returns date
language sql immutable parallel safe as $$
    select case
        when (y between 1850 and 2200 or y = 9999) and m between 1 and 12 and d >= 1
            and d <= case
                when m in (4, 6, 9, 11) then 30
                when m <> 2 then 31
                when y % 4 = 0 and (y % 100 <> 0 or y % 400 = 0) then 29
                else 28
            end
            then make_date(y, m, d)
    end
$$;

create or replace function parse.to_timestamp_slow(value text) returns timestamp
language plpgsql immutable parallel safe strict as $$
declare
    word text := parse.plain(value);
    part text[];
    day date;
    serial numeric;
    clock interval := interval '0';
begin
    if length(word) > 40 or word !~ '[0-9]' then
        return case when word in ('长期', '永久', '长期有效', '永久有效', '无固定期限') then '9999-12-31'::timestamp end;
    end if;

    -- 2020-1-1, 2020/01/01, 2020.1.1, 2020年1月1日, and the same without a day
    if length(word) <= 11 and word ~ '^[0-9][0-9][0-9][0-9][-/.年][0-9]+[-/.月]?[0-9]*[日号]?$' and word !~ '[/.年月]$|[.年][日号]' then
        part := string_to_array(rtrim(translate(word, '/.年月', '----'), '日号-'), '-');
        return case
            when length(part[1]) = 4 and length(part[2]) <= 2 and (part[3] is null or length(part[3]) <= 2)
                then parse.calendar_date(part[1]::int, part[2]::int, coalesce(part[3]::int, 1))::timestamp
        end;
    end if;

    -- 43831, 43831.0, 43831.5: days of a spreadsheet since 1899-12-30; 1927 to 2100 only
    if word ~ '^[0-9]{5}(\.[0-9]+)?$' then
        serial := word::numeric;
        return case
            when serial >= 10000 and serial < 73415
                then date '1899-12-30' + trunc(serial)::int
                    + make_interval(secs => round((serial - trunc(serial)) * 86400)::double precision)
        end;
    end if;

    -- 202001, 20200101, 20200101123000, each perhaps with the ".0" of a float
    part := regexp_match(word, '^([0-9]{4})([0-9]{2})(?:([0-9]{2})(?:([0-9]{2})([0-9]{2})([0-9]{2}))?)?(?:\.0*)?$');

    -- 2020-01-01 12:30:45.0, 2020/1/1 8:05, 2020年1月1日12时30分, ISO 8601 with an offset; blanks anywhere
    if part is null then
        part := regexp_match(
            upper(word collate "C"),
            '^([0-9]{4}) ?[-/.年] ?([0-9]{1,2})(?: ?[-/.月] ?([0-9]{1,2})(?: ?[日号])?| ?月份?)?'
            '(?:[ T,]*([0-9]{1,2}) ?[:时点] ?([0-9]{1,2})(?: ?[:分] ?([0-9]{1,2})?(?:\.[0-9]+)?)? ?秒?)?'
            ' ?(Z|[+-][0-9]{2}:?[0-9]{2})?\.?$'
        );
    end if;
    if part is null then
        return null;
    end if;

    day := parse.calendar_date(part[1]::int, part[2]::int, coalesce(part[3], '1')::int);
    if part[4] is not null then
        if part[4]::int > 24 or part[5]::int > 59 or coalesce(nullif(part[6], ''), '0')::int > 59
            or (part[4]::int = 24 and part[5]::int + coalesce(nullif(part[6], ''), '0')::int > 0)
        then
            return null;
        end if;
        clock := make_interval(
            hours => part[4]::int, mins => part[5]::int, secs => coalesce(nullif(part[6], ''), '0')::int
        );
        -- a stated offset: bring it to the clock of the county (UTC+8)
        if part[7] = 'Z' then
            clock := clock + interval '8 hours';
        elsif part[7] is not null then
            clock := clock + interval '8 hours'
                - (case left(part[7], 1) when '-' then -1 else 1 end)
                * make_interval(hours => substr(part[7], 2, 2)::int, mins => right(part[7], 2)::int);
        end if;
    end if;
    return day + clock;
end
$$;

-- Day precision where the text has it; a month (2020-01, 202001, 2020年1月) is its first day. A year alone is no date.
create or replace function parse.to_date(value text) returns date
language sql immutable parallel safe as $$
    select case
        when value is null then null
        when value like '____-__-__' and value ~ '^[0-9]+-[0-9]+-[0-9]+$'
            then parse.calendar_date(left(value, 4)::int, substr(value, 6, 2)::int, right(value, 2)::int)
        when length(value) = 8 and value ~ '^[0-9]+$'
            then parse.calendar_date(left(value, 4)::int, substr(value, 5, 2)::int, right(value, 2)::int)
        else parse.to_timestamp_slow(value)::date
    end
$$;

-- Whether a text names a month and no day of it: 2020-01, 2020.1, 202001, 202001.0, 2020年1月.
create or replace function parse.names_no_day(value text) returns boolean
language sql immutable parallel safe as $$
    select parse.plain(value) ~ '^[0-9]{4}(?:[-/.年] ?[0-9]{1,2}|[0-9]{2})(?:月份?|\.0*)?$'
$$;

create or replace function parse.to_month(value text) returns date
language sql immutable parallel safe as $$
    select case
        when value is null then null
        when value like '____-__' and value ~ '^[0-9]+-[0-9]+$'
            then parse.calendar_date(left(value, 4)::int, right(value, 2)::int, 1)
        when length(value) = 6 and value ~ '^[0-9]+$'
            then parse.calendar_date(left(value, 4)::int, right(value, 2)::int, 1)
        else date_trunc('month', parse.to_date(value)::timestamp)::date
    end
$$;

create or replace function parse.to_timestamp(value text) returns timestamp
language sql immutable parallel safe as $$
    select case
        when value is null then null
        when value like '____-__-__ __:__:__' and value ~ '^[0-9]+-[0-9]+-[0-9]+ [0-9]+:[0-9]+:[0-9]+$'
            and substr(value, 12, 2)::int < 24 and substr(value, 15, 2)::int < 60 and right(value, 2)::int < 60
            then parse.calendar_date(left(value, 4)::int, substr(value, 6, 2)::int, substr(value, 9, 2)::int)
                + make_time(substr(value, 12, 2)::int, substr(value, 15, 2)::int, right(value, 2)::int)
        else parse.to_timestamp_slow(value)
    end
$$;

create or replace function parse.to_year_slow(value text) returns int
language plpgsql immutable parallel safe strict as $$
declare
    year text := (regexp_match(parse.plain(value), '^([0-9]{4})(?:\.0*)? ?(?:年|年度|财年)?$'))[1];
begin
    return case
        when year is null then extract(year from parse.to_timestamp_slow(value))::int
        when year between '1850' and '2200' then year::int
    end;
end
$$;

create or replace function parse.to_year(value text) returns int
language sql immutable parallel safe as $$
    select case
        when value is null then null
        when length(value) = 4 and value ~ '^[0-9]+$'
            then case when value between '1850' and '2200' then value::int end
        else parse.to_year_slow(value)
    end
$$;

-- Numbers --------------------------------------------------------------------------------------------------------

-- Yuan (or square metres), rounded to two decimals. 0.12万元 is 1200; (123) is -123.
create or replace function parse.to_amount_slow(value text) returns numeric
language plpgsql immutable parallel safe strict as $$
declare
    word text := translate(parse.plain(value), ' ¥￥''’‘`', '');
    part text[];
    amount numeric;
begin
    if length(word) > 40 then
        return null;
    end if;
    -- commas group by three, or it is not a number: 12,5 may be anything
    if strpos(word, ',') > 0 then
        if word !~ '^[^0-9]*[0-9]{1,3}(,[0-9]{3})+([^0-9,].*)?$' then
            return null;
        end if;
        word := replace(word, ',', '');
    end if;
    -- 1234元, 1,234.50, -20
    part[2] := rtrim(word, '元');
    if length(part[2]) <= 16 and part[2] ~ '^-?[0-9]+(\.[0-9]*)?$' then
        return round(part[2]::numeric, 2);
    end if;
    part := regexp_match(
        upper(word collate "C"),
        '^(?:人民币|RMB|CNY)?(\(|-|−|\+)?(?:人民币|RMB|CNY)?([0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)(?:E([+-]?[0-9]{1,2}))?'
        '(万元|万|元整|元|圆|块|平方米|平米|M2|㎡)?(?:/?(?:人|户|月|年|学期|学年|次|生))*(\))?$'
    );
    if part is null or (part[1] is not distinct from '(') <> (part[5] is not null) then
        return null;
    end if;
    amount := rtrim(part[2], '.')::numeric;
    if part[3] is not null then
        amount := amount * power(10::numeric, part[3]::int);
    end if;
    if part[4] in ('万元', '万') then
        amount := amount * 10000;
    end if;
    if part[1] in ('(', '-', '−') then
        amount := -amount;
    end if;
    return case when abs(amount) < 1000000000000000 then round(amount, 2) end;
end
$$;

create or replace function parse.to_amount(value text) returns numeric
language sql immutable parallel safe as $$
    select case
        when value is null then null
        when length(value) <= 16 and value ~ '^[0-9]+(\.[0-9]+)?$' then round(value::numeric, 2)
        else parse.to_amount_slow(value)
    end
$$;

-- A whole number; 12.0, 12人, 1,234 and full-width digits are read, 12.5 is not.
create or replace function parse.to_int_slow(value text) returns int
language plpgsql immutable parallel safe strict as $$
declare
    word text := replace(parse.plain(value), ' ', '');
begin
    if strpos(word, ',') > 0 and word ~ '^[-+]?[0-9]{1,3}(,[0-9]{3})+([^0-9,].*)?$' then
        word := replace(word, ',', '');
    end if;
    return (regexp_match(
        word, '^([-+]?[0-9]{1,9})(?:\.0*)?(?:人|口|户|个月|月|个|岁|周岁|年|次|天|名)?$'
    ))[1]::int;
end
$$;

create or replace function parse.to_int(value text) returns int
language sql immutable parallel safe as $$
    select case
        when value is null then null
        when length(value) <= 9 and value ~ '^[0-9]+$' then value::int
        else parse.to_int_slow(value)
    end
$$;

-- Resident numbers (GB 11643) ------------------------------------------------------------------------------------

-- The number as joined: width, blanks, apostrophes out, upper case; of a disability number (20 or 22) the first 18.
create or replace function parse.id_text(value text) returns text
language sql immutable parallel safe as $$
    -- ×, Χ (Greek) and Х (Cyrillic) are typed for X
    select parse.clean_without(value, '×ΧХхχ ''"`´’‘“”′,，', 'XXXXX')
$$;

create or replace function parse.id_no_slow(value text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    number text := parse.id_text(value);
begin
    return case
        when number ~ '^[0-9]+(\.0+)$' then regexp_replace(number, '\.0+$', '')
        when length(number) in (20, 22) and left(number, 18) ~ '^[0-9]+X?$' and substr(number, 19) ~ '^[0-9]+[A-Z]?[0-9]*$'
            then left(number, 18)
        else number
    end;
end
$$;

create or replace function parse.id_no(value text) returns text
language sql immutable parallel safe as $$
    select case
        when length(value) = 18 and value ~ '^[0-9]+X?$' then value
        else parse.id_no_slow(value)
    end
$$;

-- The check character that belongs to the first 17 digits: weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, modulus 11.
create or replace function parse.id_check_character(first17 bigint) returns text
language sql immutable parallel safe as $$
    select case
        when first17 between 10000000000000000 and 99999999999999999
            then substr(
                '10X98765432',
                1 + ((
                    (first17 / 10000000000000000) * 7 + (first17 / 1000000000000000 % 10) * 9
                    + (first17 / 100000000000000 % 10) * 10 + (first17 / 10000000000000 % 10) * 5
                    + (first17 / 1000000000000 % 10) * 8 + (first17 / 100000000000 % 10) * 4
                    + (first17 / 10000000000 % 10) * 2 + (first17 / 1000000000 % 10)
                    + (first17 / 100000000 % 10) * 6 + (first17 / 10000000 % 10) * 3
                    + (first17 / 1000000 % 10) * 7 + (first17 / 100000 % 10) * 9
                    + (first17 / 10000 % 10) * 10 + (first17 / 1000 % 10) * 5
                    + (first17 / 100 % 10) * 8 + (first17 / 10 % 10) * 4 + (first17 % 10) * 2
                ) % 11)::int,
                1
            )
    end
$$;

-- ok | blank | placeholder | mangled | length | check | birth | old15, on the night as_of; never NULL.
-- mangled: a spreadsheet kept 15 digits (3.41E+17, …000) and the rest is lost for good.
-- birth: the birth date is not in the calendar, after as_of, or that of somebody older than 120 years (121 completed).
create or replace function parse.id_state(value text, as_of date) returns text
language plpgsql immutable parallel safe as $$
declare
    number text := value;
    has_form boolean := length(value) = 18 and value ~ '^[1-9][0-9]+X?$';
    first17 bigint;
    born date;
begin
    if has_form is not true then
        number := parse.id_no(value);
        has_form := length(number) = 18 and number ~ '^[1-9][0-9]+X?$';
    end if;
    if has_form then
        first17 := left(number, 17)::bigint;
        if parse.id_check_character(first17) = right(number, 1) and first17 / 100000000000 <> 999999 then
            born := parse.calendar_date(
                (first17 / 10000000 % 10000)::int, (first17 / 100000 % 100)::int, (first17 / 1000 % 100)::int
            );
            return case
                when born <= as_of and (born >= as_of - 43000 or born > (as_of - interval '121 years')::date) then 'ok'
                else 'birth'
            end;
        end if;
    end if;
    return case
        when number is null then 'blank'
        when number like '999999%' or (length(number) >= 6 and number = repeat(left(number, 1), length(number)))
            or number ~ '^0+$' or number ~ '^1234567890?$'
            then 'placeholder'
        when number ~ '^[0-9](\.[0-9]+)?E\+?[0-9]+$' or number ~ '^[0-9]+000$' and length(number) = 18 then 'mangled'
        when length(number) = 15 and number ~ '^[0-9]+$'
            then case
                when parse.calendar_date(
                    1900 + substr(number, 7, 2)::int, substr(number, 9, 2)::int, substr(number, 11, 2)::int
                ) is null then 'birth'
                else 'old15'
            end
        when length(number) = 18 then 'check'
        else 'length'
    end;
end
$$;

-- First 17 digits as an integer to join on, where check character and birth date are right; else NULL.
-- Only the state knows the night: a staging model takes the key of rows with state ok.
create or replace function parse.id_key(value text) returns bigint
language plpgsql immutable parallel safe strict as $$
declare
    number text := parse.id_no(value);
begin
    if length(number) = 18 and number ~ '^[1-9][0-9]+X?$' and left(number, 6) <> '999999'
        and parse.id_check_character(left(number, 17)::bigint) = right(number, 1)
        and parse.id_birth(number) is not null
    then
        return left(number, 17)::bigint;
    end if;
    return null;
end
$$;

-- Birth date that a number states, 15 digits included (born 19..); NULL where it states none.
create or replace function parse.id_birth(value text) returns date
language plpgsql immutable parallel safe strict as $$
declare
    number text := parse.id_no(value);
begin
    return case
        when length(number) = 18 and left(number, 17) ~ '^[0-9]+$'
            then parse.calendar_date(substr(number, 7, 4)::int, substr(number, 11, 2)::int, substr(number, 13, 2)::int)
        when length(number) = 15 and number ~ '^[0-9]+$'
            then parse.calendar_date(
                1900 + substr(number, 7, 2)::int, substr(number, 9, 2)::int, substr(number, 11, 2)::int
            )
    end;
end
$$;

-- 男 or 女 by digit 17 (digit 15 of an old number).
create or replace function parse.id_sex(value text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    number text := parse.id_no(value);
    digit text := case
        when length(number) = 18 and left(number, 17) ~ '^[0-9]+$' then substr(number, 17, 1)
        when length(number) = 15 and number ~ '^[0-9]+$' then substr(number, 15, 1)
    end;
begin
    return case when digit in ('1', '3', '5', '7', '9') then '男' when digit is not null then '女' end;
end
$$;

-- Category (1 to 7) and grade (1 to 4) digits that follow the first 18 of a disability number; NULL where there is none.
create or replace function parse.id_disability_category(value text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    number text := case when length(value) >= 20 then parse.id_text(value) end;
begin
    return (regexp_match(number, '^[0-9]{17}[0-9X]([1-7])[1-4](?:[0-9A-Z]{2})?$'))[1];
end
$$;

create or replace function parse.id_disability_grade(value text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    number text := case when length(value) >= 20 then parse.id_text(value) end;
begin
    return (regexp_match(number, '^[0-9]{17}[0-9X][1-7]([1-4])(?:[0-9A-Z]{2})?$'))[1];
end
$$;

-- School ---------------------------------------------------------------------------------------------------------

-- 2025年秋季学期 or 2026年春季学期, from 2025A, 2025年秋, 2025-2026学年第一学期, 2025-2026-2, 20251 (first term of the
-- school year 2025), 2026年上半年, 202609.
-- Of a school year the first term is autumn; of a single calendar year 上学期 is its first half, so spring.
create or replace function parse.school_term(value text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    word text := parse.code_key(value);
    year int := substring(word from '(20[0-9][0-9])')::int;
    is_span boolean := word ~ '学年|20[0-9][0-9][^0-9]+(20)?[0-9][0-9]([^0-9]|$)';
    month date;
    is_autumn boolean;
begin
    if year is null then
        return null;
    end if;
    if word ~ '秋|^20[0-9][0-9][A1]$' then
        is_autumn := true;
    elsif word ~ '^20[0-9][0-9]2$' then
        is_autumn := false;
        year := year + 1;
    elsif word ~ '春|^20[0-9][0-9]S$' then
        is_autumn := false;
        year := year + (is_span and word ~ '春')::int;
    elsif is_span and word ~ '[一1]学期|上学期|上期|上半年|[-_/.(]1\)?$' then
        is_autumn := true;
    elsif is_span and word ~ '[二2]学期|下学期|下期|下半年|[-_/.(]2\)?$' then
        is_autumn := false;
        year := year + 1;
    elsif word ~ '上学期|上半年' then
        is_autumn := false;
    elsif word ~ '下学期|下半年' then
        is_autumn := true;
    elsif word ~ '[一1]学期' then
        is_autumn := true;
    elsif word ~ '[二2]学期' then
        is_autumn := false;
        year := year + 1;
    else
        month := parse.to_month(word);
        if month is null then
            return null;
        end if;
        is_autumn := extract(month from month) >= 9 or extract(month from month) < 3;
        year := extract(year from month)::int - (extract(month from month) < 3)::int;
    end if;
    return year || case when is_autumn then '年秋季学期' else '年春季学期' end;
end
$$;

-- The school year counted from the first of primary school (小学一年级 is 1, 七年级 7, 高一 10, 中职二年级 11), from 一年级,
-- 初二, 高中三年级 or, knowing the stage and the calendar year in which the school year began, 2024级. NULL beyond 12.
create or replace function parse.school_grade(grade text, stage text, school_year int) returns int
language plpgsql immutable parallel safe as $$
declare
    word text := parse.code_key(grade);
    entered text := substring(word from '^(20[0-9][0-9])(?:级|届)?');
    digit text := substring(word from '([一二三四五六七八九1-9])(?:年级|$|\(|班)');
    within int := case when digit ~ '[1-9]' then digit::int else strpos('一二三四五六七八九', digit) end;
    before int := case
        when word ~ '高|中职|职高|中专|技校' or stage in ('普通高中', '中职') then 9
        when word ~ '初' or stage = '初中' then 6
        when stage = '小学' or word ~ '小学|年级' then 0
    end;
    result int;
begin
    if stage in ('学前', '高职高专', '本科', '研究生') then
        return null;
    end if;
    if entered is not null then
        -- 2024级 entered its stage in 2024; 届 names the year of leaving and says nothing here
        result := case when word !~ '届' then before + school_year - entered::int + 1 end;
    elsif before = 6 and within between 7 and 9 then
        result := within;
    else
        result := before + within;
    end if;
    return case when result between before + 1 and before + case before when 0 then 9 else 3 end then result end;
end
$$;
