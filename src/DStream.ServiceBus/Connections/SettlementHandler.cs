using Amqp.Handler;

namespace DStream.ServiceBus.Connections;

/// <summary>Passes the broker's answer to a settlement to the link that asked: the library reports it to the connection's handler only.</summary>
internal sealed class SettlementHandler : IHandler
{
    public static SettlementHandler Instance { get; } = new();

    public bool CanHandle(EventId id) => id == EventId.DeliveryStateChanged;

    public void Handle(Event protocolEvent)
    {
        if (protocolEvent is { Link: SettlingLink link, Context: IDelivery delivery }) link.OnStateChanged(delivery);
    }
}
