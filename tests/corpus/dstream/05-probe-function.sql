-- Opens a table: whether the login may call the function.
DECLARE @lsn binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_Persons');
-- Statement:
SELECT TOP (1) f.[__$start_lsn] FROM [cdc].[fn_cdc_get_all_changes_dbo_Persons](@lsn, @lsn, N'all') AS f;
