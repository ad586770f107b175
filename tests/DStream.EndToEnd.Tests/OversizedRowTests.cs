using System.Text;
using DStream.Core;
using DStream.Hosting;
using DStream.Sandbox.Workloads;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.EndToEnd.Tests;

/// <summary>A row larger than the queue takes.</summary>
public sealed class OversizedRowTests : EndToEndTest
{
    private const int Columns = 6;

    // Six times this, and no less, passes the queue's 256 KB; one alone is below what replication takes.
    private const int Large = 60_000;

    private static readonly SandboxTable Documents = new(new TableName("dbo", "Documents"));

    [Fact]
    public async Task OversizedRow_StopsItsTableBehindTheRowsBeforeIt()
    {
        await using var pipeline = await PrepareAsync(Configuration([.. TwoTables, Documents]));
        await ExecuteAsync(
            $"CREATE TABLE dbo.Documents (ID int NOT NULL PRIMARY KEY, {string.Join(", ", Enumerable.Range(1, Columns).Select(static i => $"C{i} varchar(max) NULL"))})",
            Documents.CreateStatements[^1]);
        await pipeline.Hosts.StartRouterAsync(Stop);
        await pipeline.Hosts.StartIngesterAsync(Stop);

        await ExecuteAsync(Insert(1, 10), Insert(2, Large / 2), Insert(3, Large), Insert(4, 10));
        await StatusAsync(pipeline, Documents, TableState.Unhealthy);
        await pipeline.CommitAsync(300, rate: 0, Stop);
        await AssertCleanAsync(pipeline);

        var problem = Status(pipeline, Documents)!.Problem!;
        Assert.Contains("""{"ID":3}""", problem, StringComparison.Ordinal);
        Assert.Matches("message of 36[0-9]{4} bytes, and the queue takes at most 262144", problem);
        Assert.True(Log.Has("Error Table dbo.Documents stopped", """{"ID":3}"""));
        Assert.Equal(["""{"data":{"ID":1,""", """{"data":{"ID":2,"""], Delivered());
    }

    private static string Insert(int id, int length) =>
        $"INSERT INTO dbo.Documents VALUES ({id}, {string.Join(", ", Enumerable.Repeat($"REPLICATE(CAST('x' AS varchar(max)), {length})", Columns))})";

    /// <summary>How the messages of the documents' topic begin.</summary>
    private IReadOnlyList<string> Delivered() =>
    [
        .. Servers.ServiceBus.Broker.FindSource(EntityPath(Topic(Documents)))!.Peek(0, 10)
            .Select(static message => Encoding.UTF8.GetString(message.Message.Bare.Span))
            .Select(static text => text.Substring(text.IndexOf("{\"data\"", StringComparison.Ordinal), 16)),
    ];

    private static string EntityPath(string topic) => $"{topic}/Subscriptions/sub1";
}
