namespace DStream.Tests.Shared;

/// <summary>
/// The SQL Server of a test program: the one that the environment names, else a container where an engine answers, else a stand-in for each test.
/// Nothing is started before a test asks.
/// </summary>
public sealed class SqlServerFixture : IAsyncDisposable
{
    /// <summary>Names a server in ADO.NET form; its login must be allowed to create databases, and its agent must run.</summary>
    public const string Variable = "DSTREAM_TEST_SQLSERVER";

    private readonly ServerChoice _choice = new(TestServer.SqlServer, Variable, "container", SqlServerContainer.StartAsync);

    /// <summary>A server with a database name of the test's own.</summary>
    /// <param name="standIn">How a stand-in is set up where it is one; null for its defaults, whose capture runs as a real one does.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<TestSqlServer> OpenAsync(SqlServerStandInOptions? standIn, CancellationToken cancellationToken)
    {
        var fixture = await TestContext.Current.GetFixture<SqlServerFixture>()
            ?? throw new InvalidOperationException($"The assembly of this test lacks [assembly: AssemblyFixture(typeof({nameof(SqlServerFixture)}))].");
        if (await fixture._choice.ConnectionStringAsync(cancellationToken) is not { } real)
            return await TestSqlServer.OnStandInAsync(standIn ?? new SqlServerStandInOptions(), cancellationToken);
        TestServer.SkipIfStandInIsNeeded(TestServer.SqlServer);
        return new TestSqlServer(real, null);
    }

    public ValueTask DisposeAsync() => _choice.DisposeAsync();
}
