using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Tests.Engine;

/// <summary>The statements of a checkpoint table: fenced by an epoch, moved forward only.</summary>
public sealed class CheckpointTests
{
    private const string Save = """
        UPDATE [dstream].[checkpoints] SET [start_lsn] = @lsn, [command_id] = @command, [updated_at] = SYSUTCDATETIME()
        WHERE [table] = N'persons' AND [epoch] = @epoch AND ([start_lsn] IS NULL OR [start_lsn] < @lsn OR ([start_lsn] = @lsn AND [command_id] < @command));
        SELECT @@ROWCOUNT AS [saved], (SELECT [epoch] FROM [dstream].[checkpoints] WHERE [table] = N'persons') AS [epoch];
        """;

    private static async Task<TestServer> StartAsync()
    {
        var server = new TestServer();
        await server.RunAsync("CREATE SCHEMA [dstream]");
        await server.RunAsync("""
            CREATE TABLE [dstream].[checkpoints] ([server] nvarchar(300) COLLATE Latin1_General_100_CI_AS NOT NULL, [table] nvarchar(128) NOT NULL, [epoch] bigint NOT NULL,
                [start_lsn] binary(10) NULL, [command_id] int NULL, [updated_at] datetime2(3) NOT NULL,
                CONSTRAINT [PK_dstream_checkpoints] PRIMARY KEY NONCLUSTERED ([server], [table]));
            INSERT INTO [dstream].[checkpoints] ([server], [table], [epoch], [updated_at]) VALUES (N's', N'Persons', 1, SYSUTCDATETIME());
            """);
        return server;
    }

    private static async Task<string> SaveAsync(TestServer server, byte lsn, int command, long epoch)
    {
        var row = (await server.RowsAsync(
            Save,
            TestServer.Parameter("@lsn", SqlKind.Binary, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, lsn }, 10),
            TestServer.Parameter("@command", SqlKind.Int, command),
            TestServer.Parameter("@epoch", SqlKind.BigInt, epoch)))[0];
        return $"{row[0]} of {row[1]}";
    }

    [Fact]
    public async Task Save_ForwardOnly_ReportsRowsAndEpoch()
    {
        await using var server = await StartAsync();

        Assert.Equal("1 of 1", await SaveAsync(server, 5, 3, 1));
        Assert.Equal("0 of 1", await SaveAsync(server, 5, 3, 1));
        Assert.Equal("1 of 1", await SaveAsync(server, 5, 4, 1));
        Assert.Equal("0 of 1", await SaveAsync(server, 4, 9, 1));
    }

    [Fact]
    public async Task RaiseEpoch_Output_FencesTheOldOwner()
    {
        await using var server = await StartAsync();
        await SaveAsync(server, 5, 3, 1);

        var raised = await server.RowsAsync("UPDATE [dstream].[checkpoints] SET [epoch] = [epoch] + 1 OUTPUT inserted.[epoch], inserted.[start_lsn], inserted.[command_id] WHERE [server] = N'S' AND [table] = N'persons'");

        Assert.Equal([2L, new byte[] { 0, 0, 0, 0, 0, 0, 0, 0, 0, 5 }, 3], raised.Single());
        Assert.Equal("0 of 2", await SaveAsync(server, 9, 0, 1));
        Assert.Equal(2627, await server.ErrorAsync("INSERT INTO [dstream].[checkpoints] VALUES (N's', N'PERSONS ', 1, NULL, NULL, SYSUTCDATETIME())"));
    }
}
