using DStream.Core;
using DStream.Hosting;
using DStream.Sandbox.Workloads;

namespace DStream.EndToEnd.Tests;

/// <summary>A row larger than the queue takes.</summary>
public sealed class OversizedRowTests : EndToEndTest
{
    // One alone is below what replication takes (max text repl size, 65,536 bytes unless set).
    private const int Large = 60_000;

    // A namespace of the premium tier takes 1 MB unless told otherwise, and 100 MB at most: no table has as many columns.
    private const int LargestTested = 2_000_000;

    private static readonly SandboxTable Documents = new(new TableName("dbo", "Documents"));

    [Fact]
    public async Task OversizedRow_StopsItsTableBehindTheRowsBeforeIt()
    {
        await using var pipeline = await PrepareAsync(Configuration([.. TwoTables, Documents]));
        await pipeline.Hosts.StartRouterAsync(Stop);
        var limit = await LimitOfQueueAsync();
        Assert.SkipWhen(limit > LargestTested, $"This queue takes messages of {limit} bytes.");
        var columns = limit / Large + 2;
        await ExecuteAsync(
            $"CREATE TABLE dbo.Documents (ID int NOT NULL PRIMARY KEY, {string.Join(", ", Enumerable.Range(1, columns).Select(static i => $"C{i} varchar(max) NULL"))})",
            Documents.CreateStatements[^1]);
        await pipeline.Hosts.StartIngesterAsync(Stop);

        await ExecuteAsync(new[] { (1, 10), (2, Large / 2), (3, Large), (4, 10) }.Select(row => Insert(row.Item1, row.Item2, columns)));
        await StatusAsync(pipeline, Documents, TableState.Unhealthy);
        await pipeline.CommitAsync(300, rate: 0, Stop);
        await AssertCleanAsync(pipeline);

        var problem = Status(pipeline, Documents)!.Problem!;
        Assert.Contains("""{"ID":3}""", problem, StringComparison.Ordinal);
        Assert.Matches($"message of {columns * Large / 1000}[0-9]{{3}} bytes, and the queue takes at most {limit}", problem);
        Assert.True(Log.Has("Error Table dbo.Documents stopped", """{"ID":3}"""));
        Assert.Equal(["""{"data":{"ID":1,""", """{"data":{"ID":2,"""], await DeliveredAsync());
    }

    private static string Insert(int id, int length, int columns) =>
        $"INSERT INTO dbo.Documents VALUES ({id}, {string.Join(", ", Enumerable.Repeat($"REPLICATE(CAST('x' AS varchar(max)), {length})", columns))})";

    private async Task<int> LimitOfQueueAsync()
    {
        await using var bus = Servers.Connect();
        await using var sender = await bus.OpenSenderAsync(Servers.Queue, Stop);
        return (int)Math.Min(sender.Limits.MaxMessageBytes, int.MaxValue);
    }

    /// <summary>How the messages of the documents' topic begin.</summary>
    private async Task<IReadOnlyList<string>> DeliveredAsync() =>
        [.. (await Servers.ServiceBus.PeekSubscriptionAsync(Topic(Documents), "sub1", Stop)).Select(static message => message.Body.ToString()[..16])];
}
