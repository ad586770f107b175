-- A page of changes, read from the change table in command order, guarded by the function: rows before and after updates, from inside of a transaction on, by a login that may not read the mapping of times.
-- Volatile: tran_end_time
DECLARE @instance nvarchar(128) = N'dbo_Persons';
DECLARE @rows int = 100;
DECLARE @from binary(10) = (SELECT TOP (1) __$start_lsn FROM cdc.dbo_Persons_CT WHERE __$operation = 1 ORDER BY __$start_lsn, __$command_id, __$seqval);
DECLARE @to binary(10) = sys.fn_cdc_get_max_lsn();
DECLARE @seqval binary(10) = (SELECT TOP (1) __$seqval FROM cdc.dbo_Persons_CT WHERE __$operation = 1 ORDER BY __$start_lsn, __$command_id, __$seqval);
DECLARE @operation int = 1;
DECLARE @command int = (SELECT TOP (1) __$command_id FROM cdc.dbo_Persons_CT WHERE __$operation = 1 ORDER BY __$start_lsn, __$command_id, __$seqval);
-- Statement:
SELECT TOP (1) f.[__$start_lsn] FROM [cdc].[fn_cdc_get_all_changes_dbo_Persons](@from, @to, N'all') AS f;
SELECT TOP (@rows) ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation], ct.[__$update_mask], sys.fn_cdc_map_lsn_to_time(ct.[__$start_lsn]) AS [tran_end_time], ct.[ID], ct.[FirstName], ct.[LastName], ct.[Balance], ct.[Active], ct.[Notes], ct.[UpdatedAt] FROM [cdc].[dbo_Persons_CT] AS ct WHERE ct.[__$start_lsn] = @from AND ct.[__$command_id] >= @command AND (ct.[__$command_id] > @command OR ct.[__$seqval] > @seqval OR (ct.[__$seqval] = @seqval AND ct.[__$operation] > @operation)) ORDER BY ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation];
DECLARE @read int = @@ROWCOUNT;
SELECT TOP (@rows - @read) ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation], ct.[__$update_mask], sys.fn_cdc_map_lsn_to_time(ct.[__$start_lsn]) AS [tran_end_time], ct.[ID], ct.[FirstName], ct.[LastName], ct.[Balance], ct.[Active], ct.[Notes], ct.[UpdatedAt] FROM [cdc].[dbo_Persons_CT] AS ct WHERE ct.[__$start_lsn] > @from AND ct.[__$start_lsn] <= @to ORDER BY ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation];
SELECT sys.fn_cdc_get_min_lsn(@instance);
