-- Events repeated what payments, assessments and alerts say, reasons included: 680 bytes where 60 do.
alter table risk.events alter column payload drop not null;
comment on column risk.events.payload is
    'What an event has to say itself: the step and status of an alert, all of a stopped rule; null of a payment. The rest is read when it is told (pipeline.list_events).';
