{#- Typed-in figures of every load, with the years that a period spans and how often a report gives an indicator. -#}
with source as (
    select * from {{ source('ledger', 'reported_figure') }}
),

with_years as (
    select
        source.*,
        (select min(y[1])::int from regexp_matches(source.period, '(?:19|20)[0-9]{2}', 'g') as y) as first_year,
        (select max(y[1])::int from regexp_matches(source.period, '(?:19|20)[0-9]{2}', 'g') as y) as last_year,
        count(*) over (partition by source.load_id, source.report, source.indicator) as times_given
    from source
)

select * from with_years
