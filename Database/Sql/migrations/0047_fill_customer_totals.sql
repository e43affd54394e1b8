-- Of a page of customers a batch changes a quarter at most, and what it left behind is pruned by the next: a half free was more than that takes.
alter table rollup.customer_totals set (fillfactor = 70);
