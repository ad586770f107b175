namespace DStream.Tests.Shared;

/// <summary>One RabbitMQ for a test run: the one that the environment names, else one of its own, started when a test first asks.</summary>
public sealed class RabbitMqFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private RabbitMqServer? _server;

    /// <summary>The broker's connection string; skips the test where there is none.</summary>
    public async ValueTask<string> ConnectionStringAsync(CancellationToken cancellationToken)
    {
        if (TestServer.Named(RabbitMqServer.Variable) is not { } named) return (await ServerAsync(cancellationToken)).ConnectionString;
        ServersReport.Add(TestServer.RabbitMq, RabbitMqServer.Variable);
        return named;
    }

    /// <summary>The broker of this run's own, for tests that kill or pause it; skips the test where it is not installed.</summary>
    public async ValueTask<RabbitMqServer> ServerAsync(CancellationToken cancellationToken)
    {
        Assert.SkipUnless(RabbitMqServer.IsInstalled, RabbitMqServer.Remedy);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            ServersReport.Add(TestServer.RabbitMq, $"Debian {RabbitMqServer.Version}");
            return _server ??= await RabbitMqServer.StartAsync(cancellationToken);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _gate.Dispose();
    }
}
