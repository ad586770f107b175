using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;
using DStream.ServiceBus;
using DStream.StandIns.ServiceBus;

namespace DStream.Tests.Shared;

/// <summary>
/// A Service Bus namespace for one test. What a test has to create, count or remove besides DStream's own doing it does with the official SDK's
/// administration, on every server.
/// </summary>
public sealed class TestServiceBus : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceBusStandIn? _standIn;
    private readonly SemaphoreSlim? _turn;
    private readonly ConcurrentBag<string> _owned = [];

    internal TestServiceBus(string connectionString, ServiceBusStandIn? standIn, SemaphoreSlim? turn)
    {
        (ConnectionString, _standIn, _turn) = (connectionString, standIn, turn);
        var parsed = ServiceBusConnectionString.Parse(connectionString);
        ChecksKeys = standIn is not null || !parsed.UseDevelopmentEmulator;
        Administration = new ServiceBusAdministrationClient(parsed.UseDevelopmentEmulator
            ? $"Endpoint=sb://{parsed.Host}:{parsed.AdministrationAddress.Port};SharedAccessKeyName={parsed.KeyName};SharedAccessKey={Key};UseDevelopmentEmulator=true"
            : connectionString);
    }

    public string ConnectionString { get; }

    /// <summary>For AMQP over WebSockets; skips the test on the emulator, which does not speak it.</summary>
    public string WebSocketConnectionString
    {
        get
        {
            Assert.SkipWhen(!IsStandIn && IsEmulator(ConnectionString), "The emulator has no AMQP over WebSockets.");
            return _standIn?.WebSocketConnectionString ?? ConnectionString;
        }
    }

    /// <summary>What is secret of it.</summary>
    public string Key => ServiceBusConnectionStringProperties.Parse(ConnectionString).SharedAccessKey;

    public bool IsStandIn => _standIn is not null;

    /// <summary>Whether a wrong key is refused; the emulator takes any.</summary>
    public bool ChecksKeys { get; }

    /// <summary>The stand-in, to command its faults, in a test that <see cref="NeedsStandInAttribute"/> marks.</summary>
    public ServiceBusStandIn StandIn => _standIn ?? throw new InvalidOperationException("The server is a real one: mark the test with [NeedsStandIn(TestServer.ServiceBus)].");

    /// <summary>The official SDK's.</summary>
    public ServiceBusAdministrationClient Administration { get; }

    /// <summary>Whether DStream's connection string names an emulator.</summary>
    internal static bool IsEmulator(string connectionString) => ServiceBusConnectionString.Parse(connectionString).UseDevelopmentEmulator;

    /// <summary>Creates a topic with one subscription, as an administrator makes them.</summary>
    /// <param name="topic">Its name.</param>
    /// <param name="subscription">Its subscription.</param>
    /// <param name="lockDuration">Of the subscription; the service takes 5 s to 5 min.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CreateTopicAsync(string topic, string subscription, TimeSpan lockDuration, CancellationToken cancellationToken)
    {
        var options = new CreateTopicOptions(topic) { RequiresDuplicateDetection = true, DuplicateDetectionHistoryTimeWindow = TimeSpan.FromMinutes(10) };
        await Administration.CreateTopicAsync(options, cancellationToken);
        await Administration.CreateSubscriptionAsync(new CreateSubscriptionOptions(topic, subscription) { LockDuration = lockDuration }, cancellationToken);
    }

    /// <summary>Takes that many messages out of a queue's dead-letter queue; no message more may be there.</summary>
    public async Task<IReadOnlyList<ServiceBusReceivedMessage>> TakeDeadLettersAsync(string queue, int count, CancellationToken cancellationToken)
    {
        await using var client = new ServiceBusClient(ConnectionString);
        await using var receiver = client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter, ReceiveMode = ServiceBusReceiveMode.ReceiveAndDelete });
        var letters = new List<ServiceBusReceivedMessage>();
        while (letters.Count < count)
        {
            var received = await receiver.ReceiveMessagesAsync(count - letters.Count, Patience, cancellationToken);
            Assert.NotEmpty(received);
            letters.AddRange(received);
        }

        Assert.Empty(await receiver.PeekMessagesAsync(1, cancellationToken: cancellationToken));
        return letters;
    }

    /// <summary>Looks at what waits in a subscription, up to a hundred messages, without taking it.</summary>
    public async Task<IReadOnlyList<ServiceBusReceivedMessage>> PeekSubscriptionAsync(string topic, string subscription, CancellationToken cancellationToken)
    {
        await using var client = new ServiceBusClient(ConnectionString);
        await using var receiver = client.CreateReceiver(topic, subscription);
        return await receiver.PeekMessagesAsync(100, cancellationToken: cancellationToken);
    }

    /// <summary>What has this in its name is the test's, and removed with it.</summary>
    public void Own(string namePart) => _owned.Add(namePart);

    /// <summary>What waits where, a line an entity of the test; for a failure's text.</summary>
    public async Task<IReadOnlyList<string>> DescribeAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        await foreach (var queue in Administration.GetQueuesRuntimePropertiesAsync(cancellationToken))
            if (IsOwned(queue.Name)) lines.Add($"queue {queue.Name}: {queue.ActiveMessageCount} active, {queue.DeadLetterMessageCount} dead letters");
        foreach (var topic in await TopicsAsync(cancellationToken))
        await foreach (var subscription in Administration.GetSubscriptionsRuntimePropertiesAsync(topic, cancellationToken))
            lines.Add($"subscription {topic}/{subscription.SubscriptionName}: {subscription.ActiveMessageCount} active, {subscription.DeadLetterMessageCount} dead letters");
        return lines;
    }

    /// <summary>The test's topics.</summary>
    public async Task<IReadOnlyList<string>> TopicsAsync(CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await foreach (var topic in Administration.GetTopicsAsync(cancellationToken))
            if (IsOwned(topic.Name)) names.Add(topic.Name);
        return names;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_standIn is not null) await _standIn.DisposeAsync();
            else await RemoveAsync();
        }
        finally
        {
            _turn?.Release();
        }
    }

    private async Task RemoveAsync()
    {
        foreach (var topic in await TopicsAsync(CancellationToken.None)) await Administration.DeleteTopicAsync(topic, CancellationToken.None);
        var queues = new List<string>();
        await foreach (var queue in Administration.GetQueuesAsync(CancellationToken.None))
            if (IsOwned(queue.Name)) queues.Add(queue.Name);
        foreach (var queue in queues) await Administration.DeleteQueueAsync(queue, CancellationToken.None);
    }

    private bool IsOwned(string name) => _owned.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));
}
