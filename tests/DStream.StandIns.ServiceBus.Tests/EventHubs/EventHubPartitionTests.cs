using DStream.StandIns.ServiceBus.Broker;
using DStream.StandIns.ServiceBus.EventHubs;
using Microsoft.Extensions.Time.Testing;

namespace DStream.StandIns.ServiceBus.Tests.EventHubs;

public sealed class EventHubPartitionTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Append_EventsOverTime_ExpireByRetentionAndKeepTheirNumbers()
    {
        using var hubs = new EventHubNamespace(_time);
        var partition = hubs.Create("hub", new EventHubOptions { PartitionCount = 1, Retention = TimeSpan.FromHours(1) }).Partitions[0];
        partition.Append([Event(), Event()]);
        _time.Advance(TimeSpan.FromMinutes(40));
        partition.Append([Event()]);

        _time.Advance(TimeSpan.FromMinutes(30));

        Assert.Equal(2, partition.BeginSequenceNumber);
        Assert.Equal([2L], partition.Events.Select(static stored => stored.SequenceNumber));
        Assert.Equal([2L], partition.Read(0, 10).Select(static stored => stored.SequenceNumber));
    }

    [Theory]
    [InlineData("amqp.annotation.x-opt-offset > '-1'", 0)]
    [InlineData("amqp.annotation.x-opt-offset > -1", 0)]
    [InlineData("amqp.annotation.x-opt-offset > '@latest'", 4)]
    [InlineData("amqp.annotation.x-opt-offset > '8'", 3)]
    [InlineData("amqp.annotation.x-opt-offset >= '8'", 2)]
    [InlineData("amqp.annotation.x-opt-sequence-number > '1'", 2)]
    [InlineData("amqp.annotation.x-opt-sequence-number >= '1'", 1)]
    [InlineData("amqp.annotation.x-opt-enqueued-time > '0'", 4)]
    [InlineData("amqp.annotation.x-opt-enqueued-time >= '0'", 0)]
    public void Find_Position_IsTheFirstEventInIt(string filter, long expected)
    {
        _time.SetUtcNow(DateTimeOffset.UnixEpoch.AddYears(50));
        var enqueued = _time.GetUtcNow().ToUnixTimeMilliseconds();
        using var hubs = new EventHubNamespace(_time);
        var partition = hubs.Create("hub").Partitions[0];
        partition.Append([Event(), Event(), Event(), Event()]);

        var found = partition.Find(EventPosition.Parse(filter.Replace("'0'", $"'{enqueued}'", StringComparison.Ordinal)));

        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x-opt-offset > '1'")]
    [InlineData("amqp.annotation.x-opt-offset > '1")]
    [InlineData("amqp.annotation.x-opt-offset < '1'")]
    [InlineData("amqp.annotation.x-opt-offset > '99999999999999999999'")]
    public void Parse_NoPosition_IsRefused(string filter) =>
        Assert.Equal(BrokerError.BadRequest, Assert.Throws<BrokerException>(() => EventPosition.Parse(filter)).Error);

    [Fact]
    public void Send_KeyToAPartition_IsRefused()
    {
        using var hubs = new EventHubNamespace(_time);
        var hub = hubs.Create("hub");

        Assert.Throws<BrokerException>(() => hub.Send([Event("key")], "0"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    public void Create_PartitionsOutOfBounds_IsRefused(int partitions)
    {
        using var hubs = new EventHubNamespace(_time);

        Assert.Throws<BrokerException>(() => hubs.Create("hub", new EventHubOptions { PartitionCount = partitions }));
    }

    private static BrokerMessage Event(string? key = null) => new() { Bare = new byte[4], PartitionKey = key };
}
