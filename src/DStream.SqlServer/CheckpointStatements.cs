namespace DStream.SqlServer;

/// <summary>Statements over dstream.checkpoints. deploy/sql/checkpoints.sql creates the same table.</summary>
internal static class CheckpointStatements
{
    public const int OwnerLength = 256;

    public const int ServerLength = 300;

    private const string Key = "[server] = @server AND [database] = @database AND [schema] = @schema AND [table] = @table";

    private const string Position = "[start_lsn], [command_id], [seq_val], [operation]";

    public const string SchemaExists = "SELECT SCHEMA_ID(N'dstream');";

    /// <summary>Must be alone in its batch.</summary>
    public const string CreateSchema = "CREATE SCHEMA [dstream];";

    /// <summary>
    /// The names ignore case as <see cref="Core.TableName"/> does, whatever the database's collation. The key is not clustered, since a
    /// clustered one may have 900 bytes only.
    /// </summary>
    public const string CreateTable = """
        CREATE TABLE [dstream].[checkpoints] (
            [server] nvarchar(300) COLLATE Latin1_General_100_CI_AS NOT NULL,
            [database] nvarchar(128) COLLATE Latin1_General_100_CI_AS NOT NULL,
            [schema] nvarchar(128) COLLATE Latin1_General_100_CI_AS NOT NULL,
            [table] nvarchar(128) COLLATE Latin1_General_100_CI_AS NOT NULL,
            [epoch] bigint NOT NULL,
            [start_lsn] binary(10) NULL,
            [command_id] int NULL,
            [seq_val] binary(10) NULL,
            [operation] tinyint NULL,
            [owner] nvarchar(256) NOT NULL,
            [updated_at] datetime2(3) NOT NULL,
            CONSTRAINT [PK_dstream_checkpoints] PRIMARY KEY NONCLUSTERED ([server], [database], [schema], [table])
        );
        """;

    /// <summary>Raises the epoch; no row where the table has no checkpoint yet.</summary>
    public const string RaiseEpoch = $"""
        UPDATE [dstream].[checkpoints] SET [epoch] = [epoch] + 1, [owner] = @owner, [updated_at] = SYSUTCDATETIME()
        OUTPUT inserted.[epoch], inserted.[start_lsn], inserted.[command_id], inserted.[seq_val], inserted.[operation]
        WHERE {Key};
        """;

    /// <summary>The first epoch; fails with 2627 where another owner was faster.</summary>
    public const string FirstEpoch = """
        INSERT INTO [dstream].[checkpoints] ([server], [database], [schema], [table], [epoch], [owner], [updated_at])
        VALUES (@server, @database, @schema, @table, 1, @owner, SYSUTCDATETIME());
        """;

    public const string Load = $"SELECT [epoch], {Position} FROM [dstream].[checkpoints] WHERE {Key};";

    /// <summary>
    /// I2: stores if epoch and position allow it, in one statement. What follows only names the reason of a refusal: epochs and positions
    /// never go back, so it stays true whatever happens between the two.
    /// </summary>
    public const string Save = $"""
        UPDATE [dstream].[checkpoints]
        SET [start_lsn] = @lsn, [command_id] = @command, [seq_val] = @seqval, [operation] = @operation, [updated_at] = SYSUTCDATETIME()
        WHERE {Key} AND [epoch] = @epoch AND ([start_lsn] IS NULL OR [start_lsn] < @lsn OR ([start_lsn] = @lsn AND
            ([command_id] < @command OR ([command_id] = @command AND ([seq_val] < @seqval OR ([seq_val] = @seqval AND [operation] < @operation))))));
        SELECT @@ROWCOUNT AS [saved], (SELECT [epoch] FROM [dstream].[checkpoints] WHERE {Key}) AS [epoch];
        """;
}
