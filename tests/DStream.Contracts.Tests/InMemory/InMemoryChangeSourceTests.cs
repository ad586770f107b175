namespace DStream.Contracts.Tests.InMemory;

public sealed class InMemoryChangeSourceTests : ChangeSourceContract
{
    protected override ValueTask<IChangeSourceFixture> StartAsync() => new(new InMemoryChangeSourceFixture());
}
