using DStream.StandIns.SqlServer;
using DStream.StandIns.SqlServer.Engine;
using Microsoft.Data.SqlClient;

namespace DStream.Tests.Shared;

/// <summary>A SQL Server for one test, and a database name of its own on it. What the test does there it does by T-SQL.</summary>
public sealed class TestSqlServer : IAsyncDisposable
{
    /// <summary>A password that no server knows.</summary>
    public const string WrongPassword = "n0t-the-passw0rd";

    private const int Attempts = 5;

    // Wrong passwords must fail here as they do on a server of one's own.
    private static readonly Dictionary<string, string> Logins = new() { ["sa"] = "DStream-dev-1" };

    private readonly string _server;
    private readonly SqlServerListener? _standIn;

    internal TestSqlServer(string connectionString, SqlServerListener? standIn) => (_server, _standIn) = (connectionString, standIn);

    /// <summary>The test's database, which it creates.</summary>
    public string Database { get; } = "dstream_" + Guid.NewGuid().ToString("N");

    public bool IsStandIn => _standIn is not null;

    /// <summary>To the server; to its database master.</summary>
    public string ServerConnectionString => In("master");

    /// <summary>To the test's database.</summary>
    public string ConnectionString => In(Database);

    /// <summary>What is secret of them.</summary>
    public string Password => new SqlConnectionStringBuilder(_server).Password;

    /// <summary>The stand-in, to command its faults, in a test that <see cref="NeedsStandInAttribute"/> marks.</summary>
    public SqlServerListener StandIn => _standIn ?? throw new InvalidOperationException("The server is a real one: mark the test with [NeedsStandIn(TestServer.SqlServer)].");

    /// <summary>To a database of the server.</summary>
    public string In(string database) => new SqlConnectionStringBuilder(_server) { InitialCatalog = database }.ConnectionString;

    /// <summary>Creates the test's database.</summary>
    public async Task CreateDatabaseAsync(bool enableCdc, CancellationToken cancellationToken)
    {
        await RunAsync(ServerConnectionString, [$"CREATE DATABASE [{Database}];"], cancellationToken);
        if (enableCdc) await RunAsync("EXEC sys.sp_cdc_enable_db;", cancellationToken);
    }

    /// <summary>Runs batches, parted by lines of GO, on one connection to the test's database.</summary>
    public Task RunAsync(string batches, CancellationToken cancellationToken) => RunAsync(ConnectionString, batches.Split("\nGO\n"), cancellationToken);

    /// <summary>The first value of a query in the test's database; null for NULL.</summary>
    public async Task<T?> QueryAsync<T>(string query, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new SqlCommand(query, connection);
        return await command.ExecuteScalarAsync(cancellationToken) is T value ? value : default;
    }

    /// <summary>Commits, and waits until the change table has more rows than before: at once on some servers, within seconds where an agent captures.</summary>
    public async Task CommitAsync(string captureInstance, string statements, CancellationToken cancellationToken)
    {
        var count = $"SELECT COUNT(*) FROM cdc.[{captureInstance.Replace("]", "]]", StringComparison.Ordinal)}_CT];";
        var before = await QueryAsync<int>(count, cancellationToken);
        await RunAsync($"BEGIN TRANSACTION;\n{statements}\nCOMMIT;", cancellationToken);

        // The capture job commits a transaction's rows together.
        while (await QueryAsync<int>(count, cancellationToken) == before) await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_standIn is not null) await _standIn.DisposeAsync();
        else await DropAsync();
    }

    internal static async Task<TestSqlServer> OnStandInAsync(SqlServerStandInOptions options, CancellationToken cancellationToken)
    {
        var engine = new SqlServerEngine(TimeProvider.System, new SqlServerEngineOptions { Capture = options.Capture });
        var listener = new SqlServerListener(engine, options.WireTime, new SqlServerListenerOptions { Logins = Logins });
        await listener.StartAsync(cancellationToken);
        return new TestSqlServer(listener.ConnectionString("master"), listener);
    }

    private static async Task RunAsync(string connectionString, IEnumerable<string> batches, CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        foreach (var batch in batches)
        {
            await using var command = new SqlCommand(batch, connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>
    /// CDC is switched off first: else its jobs would stay behind in msdb, and its capture could take the one connection that the second
    /// statement leaves. So there is more than one attempt.
    /// </summary>
    private async Task DropAsync()
    {
        string[] batches =
        [
            $"IF EXISTS (SELECT 1 FROM sys.databases WHERE name = N'{Database}' AND is_cdc_enabled = 1) EXEC [{Database}].sys.sp_cdc_disable_db;",
            $"IF DB_ID(N'{Database}') IS NOT NULL ALTER DATABASE [{Database}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE;",
            $"IF DB_ID(N'{Database}') IS NOT NULL DROP DATABASE [{Database}];",

            // The name that a test gives to a login, if it makes one.
            $"IF SUSER_ID(N'{Database}') IS NOT NULL DROP LOGIN [{Database}];",
        ];
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RunAsync(ServerConnectionString, batches, CancellationToken.None);
                return;
            }
            catch (SqlException) when (attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
