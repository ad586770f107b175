using DStream.ServiceBus;

namespace DStream.Contracts.Tests.ServiceBus;

public sealed class ServiceBusOverWebSocketsMessagingTests : MessagingContract
{
    protected override ValueTask<IMessagingFixture> StartAsync() => ServiceBusMessagingFixture.StartAsync(ServiceBusTransport.AmqpWebSockets, Stop);
}
