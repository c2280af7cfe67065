-- Names of people: one form to compare, and how far apart two of them are. Rules as in 050_parse.sql.

-- NFKC, blanks out, one kind of middle dot, simplified, upper case. What stands for a lost character beside Chinese
-- ones (`?`, a box, its pinyin) becomes a single `?`: 张 ? 明, 张yan明 and 张□明 are all 张?明. What a clerk adds behind
-- the name is none of it: 张三(户主), 张三(已故), 张三2.
create or replace function parse.person_name_slow(value text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    name text := parse.clean(value);
begin
    name := translate(upper(parse.simplify(name) collate "C"), '•‧∙⋅・●⸱ꞏ.-‐– ''"`’‘', '············');
    -- as in parse.clean_without
    if name ~ '[\u0300-\u036f]' then
        name := regexp_replace(name, '[\u0300-\u036f]+', '', 'g');
    end if;
    if name ~ '[㐀-䶿一-鿿〇𠀀-𲎯]' then
        name := regexp_replace(
            name, '(\([A-ZÀ-ɏ]+\)|[A-ZÀ-ɏ?□■○◆◇▲△★☆〓*#_~\ue000-\uf8ff\ufffd])+', '?', 'g'
        );
        name := regexp_replace(
            name, '^([^()0-9]{2,}?)(\([^()]*[㐀-䶿一-鿿〇𠀀-𲎯0-9][^()]*\)?|[0-9]+)+$', '\1'
        );
    end if;
    name := btrim(regexp_replace(name, '·{2,}', '·', 'g'), '·');
    return case when not parse.is_null_token(name) then name end;
end
$$;

create or replace function parse.person_name(value text) returns text
language sql immutable parallel safe as $$
    select case
        when value ~ '^[一-龥]+$'
            then case when value in ('无', '不详', '未知', '暂无', '空') then null else parse.simplify(value) end
        else parse.person_name_slow(value)
    end
$$;

-- same | variant | one_character | different, of two names from parse.person_name; NULL when one is missing.
-- variant: only a lost character or a middle dot apart. one_character: one put in, left out or exchanged, or a name of
-- several parts given by its first alone.
create or replace function parse.name_difference(one text, other text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    -- the longer first; what LIKE would read as a pattern is no part of a name
    a text := translate(case when length(one) >= length(other) then one else other end, '·%_\', '');
    b text := translate(case when length(one) >= length(other) then other else one end, '·%_\', '');
    differences int := 0;
begin
    if a = b and a ~ '[^?]' then
        return 'variant';
    end if;
    -- at least one true character on each side must remain to agree
    if (strpos(a, '?') > 0 or strpos(b, '?') > 0) and a ~ '[^?]' and b ~ '[^?]'
        and (
            a like replace(b, '?', '_') or b like replace(a, '?', '_')
            or a like replace(b, '?', '__') or b like replace(a, '?', '__')
        )
    then
        return 'variant';
    end if;
    if length(b) >= 2 and (one like b || '·%' or other like b || '·%') then
        return 'one_character';
    end if;
    if length(b) >= 2 and length(a) = length(b) then
        for i in 1..length(a) loop
            differences := differences + (substr(a, i, 1) <> substr(b, i, 1))::int;
        end loop;
        if differences = 1 then
            return 'one_character';
        end if;
    elsif length(b) >= 2 and length(a) = length(b) + 1 then
        for i in 1..length(a) loop
            if overlay(a placing '' from i for 1) = b then
                return 'one_character';
            end if;
        end loop;
    end if;
    return 'different';
end
$$;

create or replace function parse.name_matches(one text, other text) returns text
language sql immutable parallel safe as $$
    select case
        when one is null or other is null then null
        when one = other then case when one ~ '[^?]' then 'same' else 'different' end
        else parse.name_difference(one, other)
    end
$$;
