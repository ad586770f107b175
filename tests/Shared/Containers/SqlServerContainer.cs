using Testcontainers.MsSql;

namespace DStream.Tests.Shared;

/// <summary>SQL Server with its agent, without which nothing is captured.</summary>
internal static class SqlServerContainer
{
    public const string Image = "mcr.microsoft.com/mssql/server:2022-latest";

    public static async Task<(IAsyncDisposable Container, string ConnectionString)> StartAsync(CancellationToken cancellationToken)
    {
        var container = new MsSqlBuilder(Image).WithEnvironment("MSSQL_AGENT_ENABLED", "true").Build();
        try
        {
            await container.StartAsync(cancellationToken);
            return (container, container.GetConnectionString());
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }
}
