namespace DStream.Tests.Shared;

/// <summary>One storage account for a test run: the one that the environment names, else a container where an engine answers, else an Azurite from npm.</summary>
public sealed class BlobFixture : IAsyncLifetime
{
    private readonly ServerChoice _choice = new(TestServer.Blobs, AzuriteServer.Variable, "Azurite (container)", AzuriteContainer.StartAsync, AzuriteFromNpm());
    private AzuriteServer? _azurite;
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
        var stop = TestContext.Current.CancellationToken;
        _connectionString = await _choice.ConnectionStringAsync(stop);
        if (_connectionString is not null || AzuriteServer.Executable() is not { } executable) return;
        _azurite = await AzuriteServer.StartAsync(executable, stop);
        _connectionString = _azurite.ConnectionString;
    }

    public async ValueTask DisposeAsync()
    {
        if (_azurite is not null) await _azurite.DisposeAsync();
        await _choice.DisposeAsync();
    }

    private static string AzuriteFromNpm() => AzuriteServer.Executable() is null ? "none" : "Azurite (npm)";
}
