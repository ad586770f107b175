using System.Text;
using Amqp;
using DStream.Core;
using DStream.ServiceBus.EventHubs;
using DStream.ServiceBus.Tests.Sending;
using DStream.ServiceBus.Tests.Wire;
using DStream.StandIns.ServiceBus;
using DStream.StandIns.ServiceBus.EventHubs;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.ServiceBus.Tests.EventHubs;

/// <summary>The output to Event Hubs, against the stand-in's sockets.</summary>
public sealed class EventHubTests : IAsyncLifetime
{
    private const string Hub = "server.testdb.persons.events";
    private const string Group = "sub1";

    private ServiceBusStandIn _standIn = null!;
    private EventHubsNamespace _hubs = null!;

    public async ValueTask InitializeAsync()
    {
        _standIn = await ServiceBusStandIn.StartAsync(null, Bench.Token);
        _hubs = Namespace(_standIn.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _hubs.DisposeAsync();
        await _standIn.DisposeAsync();
    }

    [Fact]
    public async Task SendAsync_OneSession_LiesInOnePartitionInOrderWithItsKey()
    {
        _standIn.EventHubs.Create(Hub);
        await using var sender = await _hubs.OpenSenderAsync(Hub, Bench.Token);

        for (var first = 0; first < 300; first += 100) await sender.SendAsync(Samples.Messages(first, 100, "table-1"), Bench.Token);
        await sender.SendAsync(Samples.Messages(300, 1, "table-1"), Bench.Token);

        var partition = Assert.Single(_standIn.EventHubs.Find(Hub)!.Partitions, static partition => partition.Events.Count > 0);
        Assert.Equal(Enumerable.Range(0, 301).Select(static number => $"id-{number:D8}"), partition.Events.Select(IdOf));
        Assert.All(partition.Events, static stored => Assert.Equal("table-1", stored.PartitionKey));
    }

    [Fact]
    public async Task SendAsync_SessionsMixed_KeepsTheOrderOfEach()
    {
        _standIn.EventHubs.Create(Hub);
        await using var sender = await _hubs.OpenSenderAsync(Hub, Bench.Token);
        OutboundMessage[] mixed = [.. Enumerable.Range(0, 120).Select(static number => Samples.Message(number, $"table-{number / 5 % 6}"))];

        await sender.SendAsync(mixed, Bench.Token);

        var stored = _standIn.EventHubs.Find(Hub)!.Partitions.SelectMany(static partition => partition.Events).ToList();
        Assert.Equal(120, stored.Count);
        foreach (var session in mixed.GroupBy(static message => message.SessionId))
        {
            Assert.Equal(
                session.Select(static message => Encoding.ASCII.GetString(message.MessageId.Span)),
                stored.Where(one => one.PartitionKey == session.Key).Select(IdOf));
        }
    }

    [Fact]
    public async Task SendAsync_ReceivedFromServiceBus_PassesTheMessageOnUnchanged()
    {
        await using var bench = await Bench.StartAsync();
        bench.Broker.EventHubs.Create("hub");
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 3, "s1"));
        await using var receiver = await bench.AcceptAsync();
        var received = await Bench.DrainAsync(receiver, 3);
        await using var hubs = Namespace(bench.Broker.ConnectionString);
        await using var sender = await hubs.OpenSenderAsync("hub", Bench.Token);

        await sender.SendAsync(received.Select(static message => message.Message).ToArray(), Bench.Token);

        var stored = Assert.Single(bench.Broker.EventHubs.Find("hub")!.Partitions, static partition => partition.Events.Count > 0).Events;
        Assert.Equal(received.Select(static message => message.Message.Encoded.ToArray()), stored.Select(static one => one.Message.Bare.ToArray()));
        Assert.All(stored, static one => Assert.Equal("s1", one.PartitionKey));
    }

    [Fact]
    public async Task SendAsync_WithoutSession_SpreadsOverThePartitions()
    {
        _standIn.EventHubs.Create(Hub, new EventHubOptions { PartitionCount = 2 });
        await using var sender = await _hubs.OpenSenderAsync(Hub, Bench.Token);

        for (var number = 0; number < 4; number++) await sender.SendAsync(Samples.Messages(number, 1, session: null), Bench.Token);

        Assert.All(_standIn.EventHubs.Find(Hub)!.Partitions, static partition => Assert.Equal(2, partition.Events.Count));
    }

    [Fact]
    public async Task SendAsync_AsMuchAsLimitsAllow_IsTakenWhole()
    {
        _standIn.EventHubs.Create(Hub);
        await using var sender = await _hubs.OpenSenderAsync(Hub, Bench.Token);
        var key = new string('\u20ac', 128);
        var messages = Samples.Messages(0, 40, key);
        var each = ((int)sender.Limits.MaxBatchBytes / messages.Length) - sender.Limits.FramingBytes - messages[0].ContentBytes;
        for (var i = 0; i < messages.Length; i++) messages[i] = Samples.Message(i, key, bodyBytes: each);

        await sender.SendAsync(messages, Bench.Token);

        Assert.Equal(40, _standIn.EventHubs.Find(Hub)!.Partitions.Sum(static partition => partition.Events.Count));
    }

    [Fact]
    public async Task SendAsync_ServerBusy_IsTransientAndSucceedsAgain()
    {
        _standIn.EventHubs.Create(Hub);
        await using var sender = await _hubs.OpenSenderAsync(Hub, Bench.Token);
        _standIn.Faults.ServerBusy(Hub, times: 1);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Samples.Messages(0, 2), Bench.Token));

        Assert.True(failure.IsTransient);
        await sender.SendAsync(Samples.Messages(0, 2), Bench.Token);
    }

    [Fact]
    public async Task SendAsync_AfterTheBrokerWasAway_SucceedsAgain()
    {
        _standIn.EventHubs.Create(Hub);
        await using var sender = await _hubs.OpenSenderAsync(Hub, Bench.Token);
        await sender.SendAsync(Samples.Messages(0, 2), Bench.Token);
        _standIn.Suspend(abruptly: true);
        _standIn.Resume();

        await Bench.RetryAsync(async () =>
        {
            await sender.SendAsync(Samples.Messages(2, 2), Bench.Token);
            return true;
        });

        Assert.Equal(4, _standIn.EventHubs.Find(Hub)!.Partitions.Sum(static partition => partition.Events.Count));
    }

    [Fact]
    public async Task OpenSenderAsync_HubMissing_NamesItAndTheRemedy()
    {
        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await _hubs.OpenSenderAsync("missing-hub", Bench.Token));

        Assert.False(failure.IsTransient);
        Assert.Contains("Event hub 'missing-hub' does not exist", failure.Message, StringComparison.Ordinal);
        Assert.Contains("az eventhubs eventhub create --name missing-hub", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSenderAsync_EntityPath_SendsEveryTopicToThatHub()
    {
        _standIn.EventHubs.Create("all-tables");
        await using var one = Namespace(_standIn.ConnectionString + ";EntityPath=all-tables");
        foreach (var topic in new[] { "server.testdb.persons.events", "server.testdb.orders.events" })
        {
            await using var sender = await one.OpenSenderAsync(topic, Bench.Token);
            await sender.SendAsync(Samples.Messages(0, 2, topic), Bench.Token);
        }

        Assert.Equal(4, _standIn.EventHubs.Find("all-tables")!.Partitions.Sum(static partition => partition.Events.Count));
    }

    [Fact]
    public async Task EnsureTopicAsync_Missing_CreatesHubAndConsumerGroupOnce()
    {
        using var administration = Administration(_standIn.ConnectionString);

        await administration.EnsureTopicAsync(Hub, Group, Bench.Token);
        await administration.EnsureTopicAsync(Hub, Group, Bench.Token);

        var hub = Assert.Single(_standIn.EventHubs.All);
        Assert.Equal((Hub, 4, TimeSpan.FromDays(7)), (hub.Name, hub.Options.PartitionCount, hub.Options.Retention));
        Assert.Equal([EventHub.DefaultGroup, Group], hub.ConsumerGroups.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task EnsureTopicAsync_EntityPath_MakesSureOfThatHub()
    {
        using var administration = Administration(_standIn.ConnectionString + ";EntityPath=all-tables");

        await administration.EnsureTopicAsync(Hub, Group, Bench.Token);
        await administration.EnsureTopicAsync("another", Group, Bench.Token);

        Assert.Equal("all-tables", Assert.Single(_standIn.EventHubs.All).Name);
    }

    [Fact]
    public async Task EnsureTopicAsync_WrongKey_IsFinalAndNamesTheRemedy()
    {
        var wrong = _standIn.ConnectionString.Replace(_standIn.SharedAccessKey, Convert.ToBase64String("wrong"u8), StringComparison.Ordinal);
        using var administration = Administration(wrong);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await administration.EnsureTopicAsync(Hub, Group, Bench.Token));

        Assert.False(failure.IsTransient);
        Assert.Contains("create = false", failure.Message, StringComparison.Ordinal);
    }

    private static EventHubsNamespace Namespace(string connectionString) =>
        new(ServiceBusOptions.For(connectionString), TimeProvider.System, NullLogger<EventHubsNamespace>.Instance);

    private static EventHubsAdministration Administration(string connectionString) =>
        new(ServiceBusOptions.For(connectionString), TimeProvider.System, NullLogger<EventHubsAdministration>.Instance);

    private static string IdOf(StoredEvent stored)
    {
        var bytes = stored.Message.Bare.ToArray();
        using var message = Message.Decode(new ByteBuffer(bytes, 0, bytes.Length, bytes.Length));
        return message.Properties.MessageId;
    }
}
