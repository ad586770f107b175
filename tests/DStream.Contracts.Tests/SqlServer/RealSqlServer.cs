using DotNet.Testcontainers.Builders;
using Testcontainers.MsSql;

namespace DStream.Contracts.Tests.SqlServer;

/// <summary>A real SQL Server for a test run: the one that the environment names, else a container where a Docker engine answers.</summary>
public sealed class RealSqlServer : IAsyncLifetime
{
    /// <summary>Names a server; its login must be allowed to create databases, and its agent must run.</summary>
    public const string Variable = "DSTREAM_TEST_SQLSERVER";

    private const string Image = "mcr.microsoft.com/mssql/server:2022-latest";

    private MsSqlContainer? _container;
    private string? _connectionString;
    private string _absence = "";

    /// <summary>The server's connection string; skips the test where there is none.</summary>
    public string ConnectionString
    {
        get
        {
            Assert.SkipWhen(_connectionString is null, _absence);
            return _connectionString;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
        {
            _connectionString = named;
            return;
        }

        try
        {
            _container = new MsSqlBuilder(Image).WithEnvironment("MSSQL_AGENT_ENABLED", "true").Build();
            await _container.StartAsync(TestContext.Current.CancellationToken);
            _connectionString = _container.GetConnectionString();
        }
        catch (Exception exception) when (exception is DockerUnavailableException or HttpRequestException or Docker.DotNet.DockerApiException or TimeoutException)
        {
            _absence = $"No real SQL Server: set {Variable} to a connection string, or start a Docker engine that can get {Image} ({exception.GetType().Name}).";
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_container is not null) await _container.DisposeAsync();
    }
}
