-- Payments of alerts and steps of alerts are written by the ten thousand in an import's batch, each in the statement that writes its alert. A foreign key looked the alert up once more for every
-- row, which took as long as writing them all. Keys are for small tables (ADR 4): alerts go in one place alone, which takes these rows with them.
alter table risk.alert_payments drop constraint alert_payments_alert_fkey;
alter table risk.alert_audit drop constraint alert_audit_alert_fkey;
