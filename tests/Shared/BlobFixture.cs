namespace DStream.Tests.Shared;

/// <summary>One storage account for a test run: the one that the environment names, else an Azurite.</summary>
public sealed class BlobFixture : IAsyncLifetime
{
    private AzuriteServer? _server;
    private string? _connectionString;

    /// <summary>The account's connection string; skips the test where there is none.</summary>
    public string ConnectionString
    {
        get
        {
            Assert.SkipWhen(_connectionString is null, AzuriteServer.Remedy);
            return _connectionString;
        }
    }

    public async ValueTask InitializeAsync()
    {
        _connectionString = Environment.GetEnvironmentVariable(AzuriteServer.Variable) is { Length: > 0 } named ? named : null;
        if (_connectionString is not null || AzuriteServer.Executable() is not { } executable) return;
        _server = await AzuriteServer.StartAsync(executable, TestContext.Current.CancellationToken);
        _connectionString = _server.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}
