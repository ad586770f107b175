-- Cleanup moves the low end of one instance to the given LSN and deletes what is below it.
-- Statement:
DECLARE @low binary(10) = (SELECT MAX(ct.__$start_lsn) FROM cdc.dbo_Plain_CT AS ct);
EXEC sys.sp_cdc_cleanup_change_table @capture_instance = N'dbo_Plain', @low_water_mark = @low, @threshold = 5000;
SELECT IIF(sys.fn_cdc_get_min_lsn(N'dbo_Plain') = @low, 1, 0) AS is_low_end;
SELECT COUNT(*) AS below FROM cdc.dbo_Plain_CT AS ct WHERE ct.__$start_lsn < @low;
SELECT COUNT(*) AS others FROM cdc.change_tables AS c WHERE c.start_lsn >= @low;
