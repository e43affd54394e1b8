-- Every batch changes a good part of these rows. With room on their pages a change stays there (HOT): no index entry is
-- written, and the room of the version before is taken again by the next change instead of waiting for a vacuum.
alter table rollup.customer_totals set (fillfactor = 50);
alter table rollup.merchant_totals set (fillfactor = 50);
alter table rollup.day_totals set (fillfactor = 50);
