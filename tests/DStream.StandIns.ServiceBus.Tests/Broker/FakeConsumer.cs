using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Tests.Broker;

/// <summary>Counts what it is told.</summary>
internal sealed class FakeConsumer : IMessageConsumer
{
    public int Signals { get; private set; }

    public BrokerException? Lost { get; private set; }

    public void Signal() => Signals++;

    public void SessionLost(BrokerException reason) => Lost = reason;
}
