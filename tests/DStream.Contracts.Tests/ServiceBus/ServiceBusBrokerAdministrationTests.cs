using DStream.ServiceBus;

namespace DStream.Contracts.Tests.ServiceBus;

public sealed class ServiceBusBrokerAdministrationTests : BrokerAdministrationContract
{
    protected override ValueTask<IMessagingFixture> StartAsync() => ServiceBusMessagingFixture.StartAsync(ServiceBusTransport.Amqp, Stop);
}
