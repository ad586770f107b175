namespace DStream.Contracts.Tests.SqlServer;

public sealed class SqlServerChangeSourceTests : ChangeSourceContract
{
    protected override async ValueTask<IChangeSourceFixture> StartAsync() => await SqlServerChangeSourceFixture.StartAsync(Stop);
}
