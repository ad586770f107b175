-- Watches the database: which tables have changes past their positions, and the low ends after that.
DECLARE @to binary(10) = sys.fn_cdc_get_max_lsn();
DECLARE @p0 binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_Persons');
-- Statement:
SELECT 0 AS [n] WHERE EXISTS (SELECT 1 FROM [cdc].[dbo_Persons_CT] AS ct WHERE ct.[__$start_lsn] >= @p0 AND ct.[__$start_lsn] <= @to);
SELECT c.capture_instance, c.start_lsn FROM cdc.change_tables AS c;
