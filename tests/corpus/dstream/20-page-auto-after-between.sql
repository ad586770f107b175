-- A page of changes, read from the change table in command order, guarded by the function: rows after updates, from between two transactions on.
-- Volatile: tran_end_time
DECLARE @instance nvarchar(128) = N'dbo_Persons';
DECLARE @rows int = 100;
DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_Persons');
DECLARE @to binary(10) = sys.fn_cdc_get_max_lsn();
-- Statement:
SELECT TOP (1) f.[__$start_lsn] FROM [cdc].[fn_cdc_get_all_changes_dbo_Persons](@from, @to, N'all') AS f;
SELECT TOP (@rows) ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation], ct.[__$update_mask], m.[tran_end_time], ct.[ID], ct.[FirstName], ct.[LastName], ct.[Balance], ct.[Active], ct.[Notes], ct.[UpdatedAt] FROM [cdc].[dbo_Persons_CT] AS ct LEFT JOIN [cdc].[lsn_time_mapping] AS m ON m.[start_lsn] = ct.[__$start_lsn] WHERE ct.[__$start_lsn] >= @from AND ct.[__$start_lsn] <= @to AND ct.[__$operation] <> 3 ORDER BY ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation];
SELECT sys.fn_cdc_get_min_lsn(@instance);
