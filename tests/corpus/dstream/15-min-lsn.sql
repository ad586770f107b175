-- The low end after a page that was full before its result ended.
DECLARE @instance nvarchar(128) = N'dbo_Persons';
-- Statement:
SELECT sys.fn_cdc_get_min_lsn(@instance);
