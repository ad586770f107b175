-- Explains a refused read: both ends of what is valid.
DECLARE @instance nvarchar(128) = N'dbo_Persons';
-- Statement:
SELECT sys.fn_cdc_get_min_lsn(@instance), sys.fn_cdc_get_max_lsn();
