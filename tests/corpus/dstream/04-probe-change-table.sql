-- Opens a table: whether the login may read the change table and the command id is there.
-- Statement:
SELECT TOP (0) ct.[__$command_id] FROM [cdc].[dbo_Persons_CT] AS ct;
