-- How far two identity numbers are apart, of two forms from parse.id_no. Rules as in 050_parse.sql.
--   same | old_15 (one is the 15-digit form of the other) | one_digit (exchanged, lost or added) | transposition (two
--   neighbours exchanged) | leading_15 (the first 15 digits, the rest rounded to zeros) | last_4 | different
create or replace function parse.number_difference(one text, other text) returns text
language plpgsql immutable parallel safe strict as $$
declare
    a text := left(one, 30);
    b text := left(other, 30);
    swapped int := 0;
begin
    if a = b then
        return 'same';
    end if;
    if parse.number_of_15(a) = parse.number_of_15(b) then
        return 'old_15';
    end if;
    if length(a) >= 15 and length(b) >= 15 then
        if (a ~ '^[0-9]{15}000$' or b ~ '^[0-9]{15}000$') and left(a, 15) = left(b, 15) then
            return 'leading_15';
        end if;
        if levenshtein_less_equal(a, b, 1) <= 1 then
            return 'one_digit';
        end if;
        if length(a) = length(b) then
            for i in 1..length(a) - 1 loop
                if substr(a, i, 1) <> substr(b, i, 1) then
                    swapped := i;
                    exit;
                end if;
            end loop;
            if swapped > 0
                and overlay(a placing substr(a, swapped + 1, 1) || substr(a, swapped, 1) from swapped for 2) = b
            then
                return 'transposition';
            end if;
        end if;
        if right(a, 4) = right(b, 4) and right(a, 4) <> '0000' then
            return 'last_4';
        end if;
    end if;
    return 'different';
end
$$;

-- The 15-digit form of a number: of an 18-digit one of somebody born in the 20th century without the century and the
-- check character; a 15-digit one itself; NULL: it has none.
create or replace function parse.number_of_15(id_no text) returns text
language sql immutable parallel safe as $$
    select case
        when id_no ~ '^[0-9]{15}$' then id_no
        when id_no ~ '^[0-9]{6}19[0-9]{9}[0-9X]$' then left(id_no, 6) || substr(id_no, 9, 9)
    end
$$;
