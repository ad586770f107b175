-- Saves a position, if epoch and position allow it, and says why where not.
DECLARE @server nvarchar(300) = N'server';
DECLARE @database nvarchar(128) = N'database';
DECLARE @schema nvarchar(128) = N'dbo';
DECLARE @table nvarchar(128) = N'Persons';
DECLARE @epoch bigint = 2;
DECLARE @lsn binary(10) = 0x0000003600000B200003;
DECLARE @command int = 2;
DECLARE @seqval binary(10) = 0x0000003600000B200002;
DECLARE @operation tinyint = 4;
-- Statement:
UPDATE [dstream].[checkpoints]
SET [start_lsn] = @lsn, [command_id] = @command, [seq_val] = @seqval, [operation] = @operation, [updated_at] = SYSUTCDATETIME()
WHERE [server] = @server AND [database] = @database AND [schema] = @schema AND [table] = @table AND [epoch] = @epoch AND ([start_lsn] IS NULL OR [start_lsn] < @lsn OR ([start_lsn] = @lsn AND
    ([command_id] < @command OR ([command_id] = @command AND ([seq_val] < @seqval OR ([seq_val] = @seqval AND [operation] < @operation))))));
SELECT @@ROWCOUNT AS [saved], (SELECT [epoch] FROM [dstream].[checkpoints] WHERE [server] = @server AND [database] = @database AND [schema] = @schema AND [table] = @table) AS [epoch];
