-- Opens a table: whether the login may read the mapping of LSNs to times.
-- Statement:
SELECT TOP (0) m.[tran_end_time] FROM [cdc].[lsn_time_mapping] AS m;
