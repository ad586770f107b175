using DStream.Core;
using DStream.Sandbox.Verification;
using DStream.Sandbox.Workloads;
using Microsoft.Data.SqlClient;

namespace DStream.Sandbox.Tests.Workloads;

/// <summary>What the workload says it committed is what the server captured.</summary>
public sealed class WorkloadTests
{
    private static readonly IReadOnlyList<SandboxTable> Tables = SandboxTable.First(3);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_SameSeed_CommitsTheSameChanges()
    {
        var (one, other, third) = (await CommitAsync(seed: 7), await CommitAsync(seed: 7), await CommitAsync(seed: 8));

        foreach (var table in Tables) Assert.Equal(one.Of(table.Name), other.Of(table.Name));
        Assert.Contains(Tables, table => !one.Of(table.Name).SequenceEqual(third.Of(table.Name)));
    }

    [Fact]
    public async Task RunAsync_Changes_StopsAtExactlyThatManyAndDoesAllKinds()
    {
        var log = await CommitAsync(seed: 3);

        Assert.Equal(1500, log.Count);
        var kinds = Tables.SelectMany(table => log.Of(table.Name)).Select(static change => change.Operation).ToHashSet();
        Assert.Equal([ChangeOperation.Delete, ChangeOperation.Insert, ChangeOperation.UpdateAfter], kinds.Order());
        Assert.All(Tables, table => Assert.True(log.Of(table.Name).Count > 100));
    }

    [Fact]
    public async Task RunAsync_Changes_LoadsInBulkAmongOtherStatements()
    {
        var log = await CommitAsync(seed: 5);

        var statements = Tables.SelectMany(table => log.Of(table.Name).GroupBy(static change => (change.Operation, change.Row.Version))).ToList();
        Assert.InRange(statements.Max(static statement => statement.Count()), 100, 300);
        Assert.True(statements.Count(static statement => statement.Count() > 10) < statements.Count / 10, "Most statements are none.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RunAsync_FewChanges_DoesAllKinds(int seed)
    {
        await using var servers = await SandboxServers.StartAsync(azurite: false, TimeProvider.System, Stop);
        var log = await CommitAsync(servers, seed, changes: 100);

        Assert.Equal(100, log.Count);
        Assert.Equal(3, Tables.SelectMany(table => log.Of(table.Name)).Select(static change => change.Operation).Distinct().Count());
    }

    [Fact]
    public async Task RunAsync_Log_IsWhatTheServerCaptured()
    {
        await using var servers = await SandboxServers.StartAsync(azurite: false, TimeProvider.System, Stop);
        var log = await CommitAsync(servers, seed: 5);

        foreach (var table in Tables)
        {
            var committed = log.Of(table.Name);
            IReadOnlyList<DeliveredChange> captured = [];
            await Eventually.HoldsAsync(() => (captured = Captured(servers, table)).Count >= committed.Count, "all captured");
            Assert.Equal(new Verdict(committed.Count, 0, 0, 0), Verifier.Compare(committed, captured));
        }
    }

    [Fact]
    public async Task RunAsync_WithoutKeySwaps_UpdatesNoKey()
    {
        await using var servers = await SandboxServers.StartAsync(azurite: false, TimeProvider.System, Stop);
        var log = await CommitAsync(servers, seed: 5, swapsKeys: false);

        // A key that is deleted is never used again, unless keys were swapped.
        foreach (var table in Tables)
        {
            var deleted = new HashSet<int>();
            foreach (var change in log.Of(table.Name))
            {
                Assert.DoesNotContain(change.Row.Id, deleted);
                if (change.Operation == ChangeOperation.Delete) deleted.Add(change.Row.Id);
            }
        }
    }

    [Fact]
    public async Task RunAsync_Cancelled_LogHoldsAllThatWasCaptured()
    {
        await using var servers = await SandboxServers.StartAsync(azurite: false, TimeProvider.System, Stop);
        await Workload.CreateDatabaseAsync(servers.Connections.Database, Tables, Stop);
        var log = new CommittedLog(keepChanges: true);
        using var ending = new CancellationTokenSource();

        var running = new Workload(servers.Connections.Database, Tables, 1, TimeProvider.System).RunAsync(log, changes: null, rate: 0, ending.Token);
        await Eventually.HoldsAsync(() => log.Count > 300, "some changes");
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        foreach (var table in Tables)
        {
            var committed = log.Of(table.Name);
            await Eventually.HoldsAsync(() => Captured(servers, table).Count >= committed.Count, "all captured");
            Assert.Equal(new Verdict(committed.Count, 0, 0, 0), Verifier.Compare(committed, Captured(servers, table)));
        }
    }

    private static async Task<CommittedLog> CommitAsync(int seed)
    {
        await using var servers = await SandboxServers.StartAsync(azurite: false, TimeProvider.System, Stop);
        return await CommitAsync(servers, seed);
    }

    private static async Task<CommittedLog> CommitAsync(SandboxServers servers, int seed, bool swapsKeys = true, int changes = 1500)
    {
        await Workload.CreateDatabaseAsync(servers.Connections.Database, Tables, Stop);
        var log = new CommittedLog(keepChanges: true);
        await new Workload(servers.Connections.Database, Tables, seed, TimeProvider.System) { SwapsKeys = swapsKeys }.RunAsync(log, changes, rate: 0, Stop);
        return log;
    }

    /// <summary>The change table in command order, without the rows before updates.</summary>
    private static List<DeliveredChange> Captured(SandboxServers servers, SandboxTable table)
    {
        using var connection = new SqlConnection(servers.Connections.Database);
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            SELECT [__$operation], ID, FirstName, LastName, Balance, Active, Version, UpdatedAt FROM cdc.dbo_{table.Name.Table}_CT
            WHERE [__$operation] <> 3 ORDER BY [__$start_lsn], [__$command_id], [__$seqval], [__$operation]
            """;
        using var reader = command.ExecuteReader();
        var changes = new List<DeliveredChange>();
        while (reader.Read())
        {
            var row = new SandboxRow(
                reader.GetInt32(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetString(3), reader.GetDecimal(4), reader.GetBoolean(5), reader.GetInt64(6));
            changes.Add(new DeliveredChange(table.Name, (ChangeOperation)reader.GetInt32(0), row, reader.GetDateTime(7)));
        }

        return changes;
    }
}
