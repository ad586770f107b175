using System.Globalization;
using System.Text.Json;
using DStream.Core;
using DStream.Hosting;
using DStream.Sandbox;
using DStream.Sandbox.Verification;
using DStream.Sandbox.Workloads;

namespace DStream.EndToEnd.Tests;

/// <summary>The choices of a configuration, from the commit to what arrives.</summary>
public sealed class ReadOptionTests : EndToEndTest
{
    // Through the function alone key swaps can come in the wrong order, as the documentation says: so this workload has none.
    [Fact]
    public async Task ReadMode_Function_EverythingArrivesOnceInOrder()
    {
        await using var pipeline = await StartAsync("read_mode = \"function\"", swapsKeys: false);

        await pipeline.CommitAsync(1000, rate: 0, Stop);

        await AssertCleanAsync(pipeline);
        Assert.True(Log.Has("dbo.Persons", "read_mode says so"));
    }

    [Fact]
    public async Task ReadMode_ChangeTable_EverythingArrivesOnceInOrder()
    {
        await using var pipeline = await StartAsync("read_mode = \"change_table\"");

        await pipeline.CommitAsync(1000, rate: 0, Stop);

        await AssertCleanAsync(pipeline);
    }

    [Fact]
    public async Task UpdateImages_Both_EachUpdateFollowsItsRowBefore()
    {
        await using var pipeline = await StartAsync("update_images = \"both\"");

        await pipeline.CommitAsync(1000, rate: 0, Stop);

        var expected = TwoTables.Sum(table => pipeline.Committed.Of(table.Name).Sum(static change => change.Operation == ChangeOperation.UpdateAfter ? 2 : 1));
        await DeliveredAsync(pipeline, expected);
        foreach (var table in TwoTables) AssertPairs(pipeline, table);
    }

    [Fact]
    public async Task Values_String_EveryValueIsTextAndTheSame()
    {
        await using var pipeline = await StartAsync("values = \"string\"", consume: false);

        await pipeline.CommitAsync(500, rate: 0, Stop);

        foreach (var table in TwoTables)
        {
            var committed = pipeline.Committed.Of(table.Name);
            var delivered = await ReadAsync(table, committed.Count);
            Assert.Equal(new Verdict(committed.Count, 0, 0, 0), Verifier.Compare(committed, delivered));
        }
    }

    [Fact]
    public async Task Output_Console_PrintsEveryMessageInOrder()
    {
        var configuration = Configuration();
        var output = configuration.IndexOf("output {", StringComparison.Ordinal);
        await using var pipeline = await PrepareAsync(configuration[..output] + "output { type = \"console\" }\n}\n", consume: false);
        var router = LaunchRouter(pipeline);
        await pipeline.Hosts.StartIngesterAsync(Stop);

        await pipeline.CommitAsync(500, rate: 0, Stop);
        await Eventually.HoldsAsync(() => Printed(router).Count() >= 500, "all messages printed");
        await router.TerminateAsync();
        Assert.Equal(ExitCodes.Success, await router.ExitCodeAsync());

        foreach (var table in TwoTables)
        {
            var committed = pipeline.Committed.Of(table.Name);
            var delivered = Printed(router).Select(Parse).Where(change => change.Table == table.Name).ToList();
            Assert.Equal(new Verdict(committed.Count, 0, 0, 0), Verifier.Compare(committed, delivered));
        }

        Assert.Empty(await Servers.ServiceBus.TopicsAsync(Stop));
    }

    private static IEnumerable<string> Printed(HostProcess router) =>
        router.Output.Where(static line => line.StartsWith("{\"entity\":", StringComparison.Ordinal));

    private static DeliveredChange Parse(string line)
    {
        using var printed = JsonDocument.Parse(line);
        return DeliveredChange.Parse(JsonSerializer.SerializeToUtf8Bytes(printed.RootElement.GetProperty("body")));
    }

    private static void AssertPairs(SandboxPipeline pipeline, SandboxTable table)
    {
        var delivered = pipeline.Delivered.Of(table.Name);
        var current = new Dictionary<int, SandboxRow>();
        for (var i = 0; i < delivered.Count; i++)
        {
            var change = delivered[i];
            if (change.Operation == ChangeOperation.UpdateBefore)
            {
                Assert.Equal(current[change.Row.Id], change.Row);
                Assert.Equal((ChangeOperation.UpdateAfter, change.Row.Id), (delivered[i + 1].Operation, delivered[i + 1].Row.Id));
            }
            else if (change.Operation == ChangeOperation.UpdateAfter)
            {
                Assert.Equal(ChangeOperation.UpdateBefore, delivered[i - 1].Operation);
            }

            current[change.Row.Id] = change.Row;
        }

        var after = delivered.Where(static change => change.Operation != ChangeOperation.UpdateBefore).ToList();
        var committed = pipeline.Committed.Of(table.Name);
        Assert.Equal(new Verdict(committed.Count, 0, 0, 0), Verifier.Compare(committed, after));
    }

    private async Task<SandboxPipeline> StartAsync(string option, bool swapsKeys = true, bool consume = true)
    {
        var configuration = Configuration().Replace("db_type = \"sqlserver\"", $"db_type = \"sqlserver\"\n    {option}", StringComparison.Ordinal);
        var pipeline = await PrepareAsync(configuration, swapsKeys: swapsKeys, consume: consume);
        await pipeline.Hosts.StartRouterAsync(Stop);
        await pipeline.Hosts.StartIngesterAsync(Stop);
        return pipeline;
    }

    /// <summary>That many messages of a topic whose values are all strings.</summary>
    private async Task<IReadOnlyList<DeliveredChange>> ReadAsync(SandboxTable table, int count)
    {
        await using var bus = Servers.Connect();
        await using var receiver = await bus.OpenSubscriptionReceiverAsync(Topic(table), "sub1", deadLetter: false, Stop);
        var changes = new List<DeliveredChange>();
        while (changes.Count < count)
        {
            var messages = await receiver.ReceiveAsync(1000, TimeSpan.FromSeconds(60), Stop);
            Assert.NotEmpty(messages);
            changes.AddRange(messages.Select(message => ParseStrings(table, message.Message.Body)));
            await receiver.CompleteAsync(messages, Stop);
        }

        return changes;
    }

    private static DeliveredChange ParseStrings(SandboxTable table, ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var data = document.RootElement.GetProperty("data");
        Assert.All(data.EnumerateObject(), static value => Assert.True(value.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null, value.ToString()));
        string Text(string name) => data.GetProperty(name).GetString()!;
        var row = new SandboxRow(
            int.Parse(Text("ID"), CultureInfo.InvariantCulture), Text("FirstName"), Text("LastName"), decimal.Parse(Text("Balance"), CultureInfo.InvariantCulture),
            bool.Parse(Text("Active")), long.Parse(Text("Version"), CultureInfo.InvariantCulture));
        var operation = (ChangeOperation)document.RootElement.GetProperty("metadata").GetProperty("OperationID").GetInt32();
        return new DeliveredChange(table.Name, operation, row, DateTime.Parse(Text("UpdatedAt"), CultureInfo.InvariantCulture));
    }
}
