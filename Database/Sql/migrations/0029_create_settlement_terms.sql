-- What merchants are paid by, and the ledgers of what is held back from them and of what they owe (ADR 28).

create schema if not exists settlement;
comment on schema settlement is 'What merchants are paid by: calendars, terms, fees, reserves, balances carried.';

create table settlement.terms (
    terms_id bigint generated always as identity,
    merchant_id varchar(50) collate "C" not null,
    valid_from date not null,
    valid_until date,
    cycle varchar(10) collate "C" not null default 'daily',
    week_day smallint,
    delay_days int not null default 2,
    delay_kind varchar(10) collate "C" not null default 'calendar',
    calendar varchar(30) collate "C",
    time_zone varchar(50) not null default 'UTC',
    cut_off time,
    reserve_percent numeric(7, 4) not null default 0,
    reserve_days int not null default 0,
    author varchar(100) not null,
    created_at timestamptz not null default now(),
    constraint terms_pkey primary key (terms_id),
    constraint terms_valid_from_key unique (merchant_id, valid_from),
    constraint terms_valid_check check (
        valid_from >= '1990-01-01' and valid_until < '2101-01-01' and valid_until > valid_from
    ),
    constraint terms_cycle_check check (cycle in ('daily', 'weekly', 'monthly')),
    constraint terms_week_day_check check (
        (cycle = 'weekly') = (week_day is not null) and week_day between 1 and 7
    ),
    constraint terms_delay_check check (
        delay_days between 0 and 366 and delay_kind in ('calendar', 'business')
    ),
    -- Fails, with the words of PostgreSQL, for a zone that it does not know.
    constraint terms_time_zone_check check (
        ('2000-01-01 00:00:00+00'::timestamptz at time zone time_zone) is not null
    ),
    constraint terms_cut_off_check check (cut_off < '24:00'),
    constraint terms_reserve_check check (
        reserve_percent between 0 and 100 and reserve_days between 0 and 3660
    )
);
comment on table settlement.terms is 'When and how merchants are paid, by days of validity. Later terms end earlier ones for good; on days without terms: daily, two calendar days later, UTC, nothing held back.';
comment on column settlement.terms.merchant_id is 'Whoever writes sees to it that there is such a merchant; no foreign key, as with payments.';
comment on column settlement.terms.valid_from is 'First processing day.';
comment on column settlement.terms.valid_until is 'First processing day on which they no longer hold; null: until later terms begin.';
comment on column settlement.terms.week_day is 'Of a weekly cycle the last day of the period, 1 Monday to 7 Sunday.';
comment on column settlement.terms.delay_days is 'From the last day of the period to the expected one.';
comment on column settlement.terms.delay_kind is 'calendar: rolled to the next business day where there is a calendar; business: counted in business days (without a calendar Monday to Friday).';
comment on column settlement.terms.calendar is 'Of settlement.calendars; null: none.';
comment on column settlement.terms.time_zone is 'In which days begin and end: an IANA name.';
comment on column settlement.terms.cut_off is 'Local time from which on a payment belongs to the next processing day; null: midnight, 00:00 the day after.';
comment on column settlement.terms.reserve_percent is 'Of the total of each settlement, held back.';
comment on column settlement.terms.reserve_days is 'From the end of the period until what was held is released.';

create table settlement.fees (
    fee_id bigint generated always as identity,
    merchant_id varchar(50) collate "C" not null,
    payment_method varchar(20) collate "C",
    currency char(3) collate "C",
    percent numeric(7, 4) not null default 0,
    fixed_amount numeric(18, 3) not null default 0,
    minimum_amount numeric(18, 3) not null default 0,
    valid_from date not null,
    valid_until date,
    author varchar(100) not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint fees_pkey primary key (fee_id),
    constraint fees_payment_method_check check (payment_method in (
        'CREDIT_CARD', 'DEBIT_CARD', 'BANK_TRANSFER', 'PAYPAL', 'CRYPTO', 'WALLET'
    )),
    constraint fees_currency_fkey foreign key (currency) references public.currencies (currency),
    constraint fees_percent_check check (percent between 0 and 100),
    constraint fees_amounts_check check (fixed_amount >= 0 and minimum_amount >= 0),
    constraint fees_money_check check (
        currency is not null or (fixed_amount = 0 and minimum_amount = 0)
    ),
    constraint fees_valid_check check (
        valid_from >= '1990-01-01' and valid_until < '2101-01-01' and valid_until > valid_from
    )
);
comment on table settlement.fees is 'What merchants pay for a payment: the greater of amount * percent / 100 + fixed and minimum. The most specific fee holds (method and currency, method, currency, neither); without one merchants.commission_rate.';
comment on column settlement.fees.payment_method is 'Null: every method, and payments without one.';
comment on column settlement.fees.currency is 'Null: every currency; fixed and minimum amounts need one.';
comment on column settlement.fees.valid_from is 'First processing day. Of one method and currency a later fee ends an earlier one for good.';
comment on column settlement.fees.valid_until is 'First processing day on which it no longer holds; null: until a later one.';
comment on column settlement.fees.updated_at is 'When it was last changed, that is ended.';
create unique index fees_valid_from_idx on settlement.fees (
    merchant_id, coalesce(payment_method, ''), coalesce(currency, ''), valid_from
);

create table settlement.commission_rates (
    merchant_id varchar(50) collate "C" not null,
    valid_until date not null,
    commission_rate numeric(7, 4) not null,
    created_at timestamptz not null default now(),
    constraint commission_rates_pkey primary key (merchant_id, valid_until),
    constraint commission_rates_commission_rate_check check (commission_rate between 0 and 100)
);
comment on table settlement.commission_rates is 'Former rates of merchants; merchants.commission_rate holds from the last day here on, or always. Kept by pipeline.upsert_merchants.';
comment on column settlement.commission_rates.valid_until is 'First processing day on which it no longer held: the UTC day of the change.';

create table settlement.reserves (
    settlement_id varchar(50) collate "C" not null,
    merchant_id varchar(50) collate "C" not null,
    currency char(3) collate "C" not null,
    amount numeric(24, 3) not null,
    release_from date not null,
    released_in varchar(50) collate "C",
    released_at timestamptz,
    created_at timestamptz not null default now(),
    constraint reserves_pkey primary key (settlement_id),
    constraint reserves_amount_check check (amount > 0),
    constraint reserves_released_check check ((released_in is null) = (released_at is null))
);
comment on table settlement.reserves is 'What settlements hold back, and which one gave it back. pipeline.check_settlements stands for foreign keys.';
comment on column settlement.reserves.settlement_id is 'The settlement that holds it; while that is PENDING the amount follows it.';
comment on column settlement.reserves.release_from is 'The first open settlement whose period begins on this day or later gives it back.';
comment on column settlement.reserves.released_in is 'The settlement that gave it back; null: held.';
create index reserves_held_idx on settlement.reserves (merchant_id, currency, release_from)
    where released_in is null;
create index reserves_released_idx on settlement.reserves (released_in)
    where released_in is not null;

create table settlement.carries (
    settlement_id varchar(50) collate "C" not null,
    merchant_id varchar(50) collate "C" not null,
    currency char(3) collate "C" not null,
    amount numeric(24, 3) not null,
    carried_to varchar(50) collate "C",
    created_at timestamptz not null default now(),
    carried_at timestamptz,
    constraint carries_pkey primary key (settlement_id),
    constraint carries_amount_check check (amount < 0),
    constraint carries_carried_check check ((carried_to is null) = (carried_at is null))
);
comment on table settlement.carries is 'What merchants owed when a settlement was closed, and which later one takes it. pipeline.check_settlements stands for foreign keys.';
comment on column settlement.carries.settlement_id is 'The settlement that was closed with nothing to pay.';
comment on column settlement.carries.amount is 'Its net amount before it was closed: below 0.';
comment on column settlement.carries.carried_to is 'The next open settlement of merchant and currency; null while it waits for one.';
create index carries_carried_idx on settlement.carries (carried_to) where carried_to is not null;
create index carries_waiting_idx on settlement.carries (merchant_id, currency)
    where carried_to is null;

-- A year of settlements comes in one statement, and their merchants and currencies are those of payments, which have no
-- foreign keys either (ADR 4): pipeline.check_settlements stands for them.
alter table public.settlements
    drop constraint settlements_merchant_fkey,
    drop constraint settlements_currency_fkey,
    add column terms_id bigint,
    add column priced_amount numeric(24, 3) not null default 0,
    add column priced_fees numeric(33, 9) not null default 0,
    add column reserve_amount numeric(24, 3) not null default 0,
    add column carried_amount numeric(24, 3) not null default 0;
comment on column public.settlements.expected_settlement_date is 'By the merchant''s terms; without any two days after the period''s last day.';
comment on column public.settlements.period_start is 'First day of the period: processing days by the merchant''s terms, without any UTC days.';
comment on column public.settlements.period_end is 'First day after the period (half-open).';
comment on column public.settlements.commission_amount is 'The fees of its payments, rounded once: (total - priced amount) * rate / 100 + priced fees.';
comment on column public.settlements.commission_rate is 'Percent for payments whose link has no fee of its own: the merchant''s rate on the first day of the period.';
comment on column public.settlements.adjustment_amount is 'Refunds and chargebacks, reserve held and released, balances carried.';
comment on column public.settlements.terms_id is 'The terms it follows (settlement.terms); null: none.';
comment on column public.settlements.priced_amount is 'The part of the total whose payments have a fee of their own (settlement_payments.fee_amount).';
comment on column public.settlements.priced_fees is 'The fees of those payments, exact.';
comment on column public.settlements.reserve_amount is 'The part of the adjustment that is reserve: released less held.';
comment on column public.settlements.carried_amount is 'The part of the adjustment that is balance: carried in (negative) and out (positive).';

alter table public.settlement_payments
    add column fee_id bigint,
    add column fee_amount numeric(27, 9);
comment on column public.settlement_payments.fee_id is 'The fee that holds for the payment (settlement.fees); null: the merchant''s rate.';
comment on column public.settlement_payments.fee_amount is 'Exact fee of the payment; null: amount * commission_rate / 100 of its settlement.';

alter table rollup.archived_settlements
    add column priced_amount numeric(24, 3) not null default 0;
comment on column rollup.archived_settlements.priced_amount is 'The part of the total whose payments have a fee of their own.';
