namespace DStream.Contracts.Tests.InMemory;

public sealed class InMemoryMessagingTests : MessagingContract
{
    protected override ValueTask<IMessagingFixture> StartAsync() => new(new InMemoryMessagingFixture());
}
