-- Begins another epoch of a table.
DECLARE @server nvarchar(300) = N'server';
DECLARE @database nvarchar(128) = N'database';
DECLARE @schema nvarchar(128) = N'dbo';
DECLARE @table nvarchar(128) = N'Persons';
DECLARE @owner nvarchar(256) = N'owner';
-- Statement:
UPDATE [dstream].[checkpoints] SET [epoch] = [epoch] + 1, [owner] = @owner, [updated_at] = SYSUTCDATETIME()
OUTPUT inserted.[epoch], inserted.[start_lsn], inserted.[command_id], inserted.[seq_val], inserted.[operation]
WHERE [server] = @server AND [database] = @database AND [schema] = @schema AND [table] = @table;
