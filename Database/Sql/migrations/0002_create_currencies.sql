-- ISO 4217 reference data and the currency that aggregate money columns cover.

create table public.currencies (
    currency char(3) not null,
    minor_digits smallint not null,
    currency_name varchar(100) not null,
    constraint currencies_pkey primary key (currency),
    constraint currencies_currency_check check (currency ~ '^[A-Z]{3}$'),
    constraint currencies_minor_digits_check check (minor_digits between 0 and 4)
);
comment on table public.currencies is 'Active currencies of ISO 4217 and their number of minor digits; the one list that imports, settlements and JSON use.';
comment on column public.currencies.minor_digits is 'Digits after the decimal point of the smallest unit: JPY 0, USD 2, KWD 3.';

create table public.reporting_settings (
    only_row boolean not null default true,
    reporting_currency char(3) not null default 'USD',
    constraint reporting_settings_pkey primary key (only_row),
    constraint reporting_settings_only_row_check check (only_row),
    constraint reporting_settings_currency_fkey foreign key (reporting_currency)
        references public.currencies (currency)
);
comment on table public.reporting_settings is 'One row of settings that reports depend on; the migrator writes it from its options.';
comment on column public.reporting_settings.reporting_currency is 'Aggregate money columns cover this currency only; currencies are never added up.';
