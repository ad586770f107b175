namespace DStream.Contracts.Tests.InMemory;

public sealed class InMemoryBrokerAdministrationTests : BrokerAdministrationContract
{
    protected override ValueTask<IMessagingFixture> StartAsync() => new(new InMemoryMessagingFixture());
}
