-- What sp_cdc_enable_table and sp_cdc_disable_table refuse: a name that is taken, a third instance, a table and an instance that do not exist.
-- Statement:
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Plain', @role_name = NULL;
GO
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Codes', @capture_instance = N'third', @role_name = NULL;
GO
EXEC sys.sp_cdc_enable_table @source_schema = N'dbo', @source_name = N'Nothing', @role_name = NULL;
GO
EXEC sys.sp_cdc_disable_table @source_schema = N'dbo', @source_name = N'Plain', @capture_instance = N'nothing';
