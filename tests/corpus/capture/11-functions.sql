-- The change functions: all changes, and both images of updates.
-- Statement:
DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_Plain'), @to binary(10) = sys.fn_cdc_get_max_lsn();
SELECT f.__$operation, f.__$update_mask, f.id, f.v FROM cdc.fn_cdc_get_all_changes_dbo_Plain(@from, @to, N'all') AS f
WHERE f.__$operation IN (3, 4) ORDER BY f.__$start_lsn, f.__$seqval, f.__$operation;
SELECT f.__$operation, f.__$update_mask, f.id, f.v FROM cdc.fn_cdc_get_all_changes_dbo_Plain(@from, @to, N'all update old') AS f
WHERE f.__$operation IN (3, 4) ORDER BY f.__$start_lsn, f.__$seqval, f.__$operation;
GO
DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_Plain');
SELECT TOP (0) f.* FROM cdc.fn_cdc_get_all_changes_dbo_Plain(@from, @from, N'all') AS f;
