-- Watches the database: the low ends of all capture instances.
-- Statement:
SELECT c.capture_instance, c.start_lsn FROM cdc.change_tables AS c;
