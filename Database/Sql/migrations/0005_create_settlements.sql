create table public.settlements (
    settlement_id varchar(50) collate "C" not null,
    merchant_id varchar(50) collate "C" not null,
    settlement_date date,
    expected_settlement_date date not null,
    total_amount numeric(24, 3) not null,
    commission_amount numeric(24, 3) not null,
    net_amount numeric(24, 3) not null,
    payment_count int not null,
    status varchar(10) not null default 'PENDING',
    sla_breach boolean not null default false,
    created_at timestamptz not null default now(),
    currency char(3) not null,
    period_start date not null,
    period_end date not null,
    adjustment_amount numeric(24, 3) not null default 0,
    commission_rate numeric(7, 4) not null default 0,
    updated_at timestamptz not null default now(),
    is_generated boolean not null default false,
    constraint settlements_pkey primary key (settlement_id),
    constraint settlements_period_key unique (merchant_id, currency, period_start),
    constraint settlements_merchant_fkey foreign key (merchant_id)
        references public.merchants (merchant_id),
    constraint settlements_currency_fkey foreign key (currency)
        references public.currencies (currency),
    constraint settlements_status_check check (status in ('PENDING', 'COMPLETED', 'FAILED')),
    constraint settlements_amounts_check check (
        total_amount >= 0 and commission_amount >= 0 and payment_count >= 0
    ),
    constraint settlements_net_check check (
        net_amount = total_amount - commission_amount + adjustment_amount
    ),
    constraint settlements_period_check check (
        period_start < period_end and period_end <= expected_settlement_date + 1
    ),
    constraint settlements_paid_check check ((status = 'COMPLETED') = (settlement_date is not null))
);
comment on table public.settlements is 'What a merchant is paid: one per merchant, currency and period.';
comment on column public.settlements.settlement_date is 'The UTC day on which it was paid; null until then.';
comment on column public.settlements.net_amount is 'total - commission + adjustment.';
comment on column public.settlements.sla_breach is 'Kept by the SLA check; no report reads it.';
comment on column public.settlements.period_start is 'First UTC day of the period.';
comment on column public.settlements.period_end is 'First UTC day after the period (half-open).';
comment on column public.settlements.commission_rate is 'Percent that commission_amount was computed with: the merchant''s at the last recomputation.';
comment on column public.settlements.adjustment_amount is 'Later facts about payments whose settlement was already completed.';
create index settlements_unpaid_idx on public.settlements (expected_settlement_date)
    where settlement_date is null;

create table public.settlement_payments (
    payment_id varchar(50) collate "C" not null,
    transaction_date timestamptz not null,
    settlement_id varchar(50) collate "C" not null,
    constraint settlement_payments_pkey primary key (payment_id)
);
comment on table public.settlement_payments is 'One row per settled payment, so that a payment is settled once. As many as payments, so pipeline.check_settlements stands for foreign keys.';
create index settlement_payments_settlement_idx on public.settlement_payments (settlement_id);
