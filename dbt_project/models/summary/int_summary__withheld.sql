{#- The cells that stay empty in what is published. -#}
with final as (
    select
        block,
        division_code,
        category
    from mart_summary.cells_to_withhold('{{ ref("int_summary__guarded_cell") }}', {{ min_cell() }})
)

select * from final
