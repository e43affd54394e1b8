create table public.customers (
    customer_id varchar(50) collate "C" not null,
    customer_name varchar(200) not null,
    email varchar(320),
    phone varchar(50),
    country varchar(100),
    registration_date date,
    credit_score int,
    risk_category varchar(10),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    is_generated boolean not null default false,
    constraint customers_pkey primary key (customer_id),
    constraint customers_email_key unique (email),
    constraint customers_credit_score_check check (credit_score between 300 and 850),
    constraint customers_risk_category_check check (risk_category in ('LOW', 'MEDIUM', 'HIGH')),
    constraint customers_country_check check (country <> '')
);
comment on table public.customers is 'Who pays. A customer known by its id only shows the id as its name.';
comment on column public.customers.credit_score is '300 to 850.';
comment on column public.customers.risk_category is 'By credit score: LOW from 720, MEDIUM 600 to 719, HIGH below 600.';
comment on column public.customers.is_generated is 'True for sample data; one command removes it.';

create table public.merchants (
    merchant_id varchar(50) collate "C" not null,
    merchant_name varchar(200) not null,
    business_type varchar(30),
    country varchar(100),
    commission_rate numeric(7, 4) not null default 0,
    status varchar(10) not null default 'ACTIVE',
    created_at timestamptz not null default now(),
    active_from date,
    active_until date,
    settles_from date,
    updated_at timestamptz not null default now(),
    is_generated boolean not null default false,
    constraint merchants_pkey primary key (merchant_id),
    constraint merchants_business_type_check check (business_type in (
        'E-COMMERCE', 'RETAIL', 'SUBSCRIPTION', 'MARKETPLACE', 'FINANCIAL_SERVICES', 'TRAVEL'
    )),
    constraint merchants_country_check check (country <> ''),
    constraint merchants_commission_rate_check check (commission_rate between 0 and 100),
    constraint merchants_status_check check (status in ('ACTIVE', 'INACTIVE', 'SUSPENDED')),
    constraint merchants_active_check check (active_until > active_from)
);
comment on table public.merchants is 'Who is paid.';
comment on column public.merchants.commission_rate is 'Percent of the settled amount that the platform keeps: 2.5 is 2.5 %.';
comment on column public.merchants.active_from is 'First UTC day on which the merchant takes payments; null: unknown.';
comment on column public.merchants.active_until is 'First UTC day on which it no longer does; null: open.';
comment on column public.merchants.settles_from is 'First UTC day whose payments are settled by us; null: not settled by us.';
comment on column public.merchants.is_generated is 'True for sample data; one command removes it.';
