-- Payments know their currency byte by byte, the list of currencies by the database's collation: its own index was of no use to
-- them, and the whole list was read for each payment of the API.

create unique index currencies_code_idx on public.currencies (currency collate "C") include (minor_digits);
comment on index public.currencies_code_idx is 'Finds the minor digits of payments'' currencies, which compare byte by byte.';
