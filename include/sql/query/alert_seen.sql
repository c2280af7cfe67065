-- A condition as an alert that stands: on record once until it is over. Gives its number, whether it is to be told today,
-- and the channels that have told it lately. Read by bidui.alert.tell. Parameters: kind, subject, state, zh, en, today.
insert into ledger.alert as known (kind, subject, state, text_zh, text_en, first_seen, last_seen)
values (%(kind)s, %(subject)s, %(state)s, %(zh)s, %(en)s, %(today)s, %(today)s)
on conflict (kind, subject, state) where resolved_on is null
do update set last_seen = excluded.last_seen, text_zh = excluded.text_zh, text_en = excluded.text_en
returning
    alert_id,
    last_told is null or %(today)s - last_told >= ledger.remind_days(%(today)s),
    array(
        select t.connection from ledger.alert_told as t
        where t.alert_id = known.alert_id and %(today)s - t.told_on < ledger.remind_days(%(today)s)
    )
