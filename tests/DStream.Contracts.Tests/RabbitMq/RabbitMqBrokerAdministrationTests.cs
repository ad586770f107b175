namespace DStream.Contracts.Tests.RabbitMq;

public sealed class RabbitMqBrokerAdministrationTests(RabbitMqFixture rabbit) : BrokerAdministrationContract
{
    protected override ValueTask<IMessagingFixture> StartAsync() => RabbitMqMessagingFixture.StartAsync(rabbit, Stop);
}
