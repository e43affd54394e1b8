-- Each table is read once, beside its readers and writers.
alter table public.payments validate constraint payments_payment_id_check;
alter table public.refunds validate constraint refunds_refund_id_check;
alter table public.disputes validate constraint disputes_dispute_id_check;
