namespace DStream.Contracts.Tests.RabbitMq;

public sealed class RabbitMqMessagingTests(RabbitMqFixture rabbit) : MessagingContract
{
    protected override ValueTask<IMessagingFixture> StartAsync() => RabbitMqMessagingFixture.StartAsync(rabbit, Stop);
}
