-- Watches the database: up to where everything is captured.
-- Statement:
SELECT sys.fn_cdc_get_max_lsn();
