-- Receipts: what the sender of a file was told. `ledger.delivery` says which deliveries wait for one.

create table if not exists ledger.receipt (
    receipt_id bigint generated always as identity primary key,
    -- The first batch of the delivery; the receipt of a delivery keeps its name, whatever is decided later.
    delivery_id bigint not null references ledger.batch,
    department text not null,
    digest text not null,
    file_name text not null,
    place text not null,
    made_at timestamptz not null default now()
);
create index if not exists receipt_delivery_idx on ledger.receipt (delivery_id, receipt_id desc);
comment on table ledger.receipt is
'发出的回执，一行一次发出 · receipts sent, one row per sending';
comment on column ledger.receipt.digest is
'发出时该批次的结论与行数的摘要 · digest of what was said: a delivery whose digest has changed is told again';
comment on column ledger.receipt.place is
'放在何处 · where it was put';

-- One row per file that came and attempt at it: the batches it became and whether its sender knows how they stand.
create or replace view ledger.delivery as
with delivery as (
    select
        min(batch_id) as delivery_id,
        department,
        extract,
        coalesce(header_report ->> 'file', source_name) as file_name,
        received_at,
        max(as_of) as as_of,
        array_agg(batch_id order by batch_id) as batch_ids,
        bool_and(status <> 'landed') as is_decided,
        md5(
            string_agg(
                concat_ws(
                    ' ', batch_id, status, rows_read, rows_skipped, rows_landed, rows_accepted, rows_quarantined, reason
                ),
                chr(10) order by batch_id
            )
        ) as digest
    from ledger.batch
    group by
        department,
        extract,
        coalesce(header_report ->> 'file', source_name),
        received_at,
        sha256,
        coalesce(delivery_no, batch_id)
)

select
    delivery.*,
    coalesce(told.digest = delivery.digest, false) as is_told
from delivery
left join lateral (
    select receipt.digest
    from ledger.receipt
    where receipt.delivery_id = delivery.delivery_id
    order by receipt.receipt_id desc
    limit 1
) as told on true;
comment on view ledger.delivery is
'报送：一个文件的一次接收一行；is_told：已发出与现状一致的回执 · deliveries, one row per file received; is_told: its receipt is up to date';
