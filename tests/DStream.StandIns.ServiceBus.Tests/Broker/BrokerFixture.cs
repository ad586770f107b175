using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Time.Testing;

namespace DStream.StandIns.ServiceBus.Tests.Broker;

/// <summary>A broker on a clock that stands still until told.</summary>
internal sealed class BrokerFixture : IDisposable
{
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public MessageBroker Broker { get; }

    public BrokerFixture() => Broker = new MessageBroker(Time);

    public static BrokerMessage Message(string? id = null, string? session = null, TimeSpan? timeToLive = null, DateTimeOffset? due = null) =>
        new() { Bare = new byte[] { 1, 2, 3 }, MessageId = id, SessionId = session, TimeToLive = timeToLive, ScheduledEnqueueTime = due };

    public static IReadOnlyList<ReceivedMessage> Receive(
        MessageQueue queue, int max = 100, SessionLease? lease = null, bool peekLock = true, IMessageConsumer? waiter = null)
    {
        var received = new List<ReceivedMessage>();
        queue.Receive(lease, peekLock, max, received, waiter);
        return received;
    }

    public void Dispose() => Broker.Dispose();
}
