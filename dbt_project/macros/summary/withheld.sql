{#-
    Whether a sum of cells (alias c, from int_summary__guarded_row) may not be published. It may when none of its cells
    is withheld, or when all that is withheld of the row is inside: then it is the division's total less what is shown,
    and says nothing new. Of a division whose total is withheld, only the first holds. A small sum never is.
-#}
{% macro is_withheld() -%}
    (
        case
            when not bool_or(c.is_withheld) then false
            when bool_or(c.hide_row) then true
            else count(*) filter (where c.is_withheld) < max(c.withheld_in_row)
        end
        or (sum(c.value) > 0 and sum(c.value) < max(c.min_cell))
    )
{%- endmacro %}
