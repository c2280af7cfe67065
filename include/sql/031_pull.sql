-- What was pulled from departments' servers: one row per finished pull. How far a list by watermark has come is not kept
-- in a cell that somebody moves but read from here: only pulls whose batch was accepted count, so a held or withdrawn
-- one is asked for again by itself.
create table if not exists ledger.pull (
    pull_id bigint generated always as identity primary key,
    department text not null,
    extract text not null,
    as_of date not null,
    origin text not null,
    connection text not null,
    source_name text not null,
    sha256 text not null,
    rows_pulled bigint,
    watermark_from text,
    watermark_to text,
    started_at timestamptz not null,
    finished_at timestamptz not null
);
create index if not exists pull_extract_idx on ledger.pull (extract, pull_id);
-- The pull that a list by watermark goes on from, and the digests of the rows from the overlap on: they are asked for again.
alter table ledger.pull add column if not exists after_pull bigint references ledger.pull;
alter table ledger.pull add column if not exists last_rows bytea;
