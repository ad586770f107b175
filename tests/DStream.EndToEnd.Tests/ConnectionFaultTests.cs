using DStream.Sandbox;
using DStream.StandIns.ServiceBus.Faults;
using DStream.StandIns.SqlServer.Faults;

namespace DStream.EndToEnd.Tests;

/// <summary>Servers that go away in the middle of a step, at each step of a change's way.</summary>
[NeedsStandIn(TestServer.SqlServer, TestServer.ServiceBus)]
public sealed class ConnectionFaultTests : EndToEndTest
{
    [Theory]
    [InlineData("reset inside the rows")]
    [InlineData("cut inside a packet of the rows")]
    [InlineData("closed before the answer to a read")]
    [InlineData("saved, not acknowledged")]
    [InlineData("reset before a save")]
    [InlineData("deadlock at a save")]
    public async Task Database_FailsInTheMiddle_EverythingArrivesOnceInOrder(string what)
    {
        await using var pipeline = await StartAsync();
        var rules = ArmDatabase(what);

        await pipeline.CommitAsync(1000, rate: 0, Stop);

        await AssertCleanAsync(pipeline);
        Assert.All(rules, rule => Assert.True(rule.Fired > 0, $"{what} never happened."));
    }

    [Theory]
    [InlineData("accepted by the queue, not acknowledged")]
    [InlineData("lost on the way to the queue")]
    [InlineData("link of the queue ended")]
    [InlineData("queue is throttled")]
    [InlineData("accepted by the topic, not acknowledged")]
    [InlineData("lost on the way to the topic")]
    [InlineData("lost while completing")]
    public async Task Broker_FailsInTheMiddle_EverythingArrivesOnceInOrder(string what)
    {
        await using var pipeline = await StartAsync();
        var fault = ArmBroker(what);

        var workload = pipeline.CommitAsync(1000, rate: 0, Stop);
        await Eventually.HoldsAsync(() => fault.Struck > 0, what);

        // What waits for an answer would wait for a minute: the connection breaks before.
        if (fault.Kind == FaultKind.LoseAcknowledgement) Servers.ServiceBus.StandIn.Faults.DropConnections();
        await workload;

        await AssertCleanAsync(pipeline);
    }

    private FaultRule[] ArmDatabase(string what)
    {
        var faults = Servers.SqlServer.StandIn.Faults;
        return what switch
        {
            "reset inside the rows" => [faults.On(FaultPoint.AfterRows(3, IsRead)).Times(2).CloseRst()],
            "cut inside a packet of the rows" => [faults.On(FaultPoint.AfterRows(2, IsRead)).Times(2).CutAfterBytes(30)],
            "closed before the answer to a read" => [faults.On(FaultPoint.Request(IsRead)).Skip(3).Times(2).CloseFin()],
            "saved, not acknowledged" => [faults.On(FaultPoint.Request(IsSave)).Skip(1).Times(2).RunThenDrop()],
            "reset before a save" => [faults.On(FaultPoint.Request(IsSave)).Skip(1).Times(2).CloseRst()],
            "deadlock at a save" => [faults.On(FaultPoint.Request(IsSave)).Skip(1).Times(2).Error(1205, severity: 13)],
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
    }

    private Fault ArmBroker(string what)
    {
        var (faults, queue, topic) = (Servers.ServiceBus.StandIn.Faults, Servers.Queue, Topic(Persons));
        return what switch
        {
            "accepted by the queue, not acknowledged" => faults.LoseAcknowledgement(queue, skip: 2),
            "lost on the way to the queue" => faults.DropOnSend(queue, times: 2, skip: 2),
            "link of the queue ended" => faults.DetachOnSend(queue, times: 2, skip: 2),
            "queue is throttled" => faults.ServerBusy(queue, times: 3, skip: 2),
            "accepted by the topic, not acknowledged" => faults.LoseAcknowledgement(topic, skip: 2),
            "lost on the way to the topic" => faults.DropOnSend(topic, times: 2, skip: 2),
            "lost while completing" => faults.DropOnSettle(queue, times: 2, skip: 2),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
    }

    private async Task<SandboxPipeline> StartAsync()
    {
        var pipeline = await PrepareAsync(Configuration());
        foreach (var table in TwoTables) await CreateTopicAsync(table);
        await pipeline.Hosts.StartRouterAsync(Stop);
        await pipeline.Hosts.StartIngesterAsync(Stop);
        return pipeline;
    }

    private static bool IsRead(string text) => text.Contains("SELECT TOP (@rows)", StringComparison.Ordinal);

    private static bool IsSave(string text) => text.Contains("SET [start_lsn] = @lsn", StringComparison.Ordinal);
}
