{#- Divisions with so few registry persons or households that even their number is withheld, and those that go with them. -#}
with final as (
    select distinct division_code
    from mart_summary.cells_to_withhold('{{ ref("int_summary__population_cell") }}', {{ min_cell() }})
)

select * from final
