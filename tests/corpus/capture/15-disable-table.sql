-- An instance that is gone: its change table and function are unknown names, its low end is zero.
-- Statement:
EXEC sys.sp_cdc_disable_table @source_schema = N'dbo', @source_name = N'Plain', @capture_instance = N'all';
GO
SELECT TOP (0) ct.__$command_id FROM cdc.dbo_Plain_CT AS ct;
GO
SELECT COUNT(*) FROM cdc.fn_cdc_get_all_changes_dbo_Plain(0x00000000000000000001, 0x00000000000000000001, N'all') AS f;
GO
SELECT sys.fn_cdc_get_min_lsn(N'dbo_Plain') AS low;
GO
TRUNCATE TABLE dbo.Plain;
