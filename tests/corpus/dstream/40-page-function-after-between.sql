-- A page of changes, read through the function: rows after updates, from between two transactions on.
-- Volatile: tran_end_time
DECLARE @instance nvarchar(128) = N'dbo_Persons';
DECLARE @rows int = 100;
DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_Persons');
DECLARE @to binary(10) = sys.fn_cdc_get_max_lsn();
-- Statement:
SELECT TOP (@rows) ct.[__$start_lsn], -1 AS [__$command_id], ct.[__$seqval], ct.[__$operation], ct.[__$update_mask], m.[tran_end_time], ct.[ID], ct.[FirstName], ct.[LastName], ct.[Balance], ct.[Active], ct.[Notes], ct.[UpdatedAt] FROM [cdc].[fn_cdc_get_all_changes_dbo_Persons](@from, @to, N'all') AS ct LEFT JOIN [cdc].[lsn_time_mapping] AS m ON m.[start_lsn] = ct.[__$start_lsn] ORDER BY ct.[__$start_lsn], ct.[__$seqval], ct.[__$operation];
SELECT sys.fn_cdc_get_min_lsn(@instance);
