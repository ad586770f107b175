-- Ranges that a change function refuses, all with error 313: bounds of NULL, below the low end, above the max LSN, out of order, and an unknown option.
-- Statement:
DECLARE @to binary(10) = sys.fn_cdc_get_max_lsn();
SELECT COUNT(*) FROM cdc.fn_cdc_get_all_changes_dbo_Plain(NULL, @to, N'all') AS f;
GO
DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_Plain');
SELECT COUNT(*) FROM cdc.fn_cdc_get_all_changes_dbo_Plain(@from, NULL, N'all') AS f;
GO
DECLARE @to binary(10) = sys.fn_cdc_get_max_lsn();
SELECT COUNT(*) FROM cdc.fn_cdc_get_all_changes_dbo_Plain(0x00000000000000000001, @to, N'all') AS f;
GO
DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_Plain');
SELECT COUNT(*) FROM cdc.fn_cdc_get_all_changes_dbo_Plain(@from, 0xFFFFFFFFFFFFFFFFFFFF, N'all') AS f;
GO
DECLARE @from binary(10) = sys.fn_cdc_get_max_lsn(), @to binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_Plain');
SELECT COUNT(*) FROM cdc.fn_cdc_get_all_changes_dbo_Plain(@from, @to, N'all') AS f;
GO
DECLARE @from binary(10) = sys.fn_cdc_get_min_lsn(N'dbo_Plain'), @to binary(10) = sys.fn_cdc_get_max_lsn();
SELECT COUNT(*) FROM cdc.fn_cdc_get_all_changes_dbo_Plain(@from, @to, N'everything') AS f;
