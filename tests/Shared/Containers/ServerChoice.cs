namespace DStream.Tests.Shared;

/// <summary>
/// Which server a test program runs on: the one that the environment names, else a container where an engine answers, else what the caller starts by itself, such as a
/// stand-in. Chosen, and told, when the first test asks.
/// </summary>
/// <param name="server">Of <see cref="TestServer"/>.</param>
/// <param name="variable">Names a connection string.</param>
/// <param name="containerName">What the report calls the container.</param>
/// <param name="start">Starts the container; with it comes its connection string.</param>
/// <param name="otherwise">What the report calls what there is without both.</param>
internal sealed class ServerChoice(
    string server, string variable, string containerName, Func<CancellationToken, Task<(IAsyncDisposable Container, string ConnectionString)>> start,
    string otherwise = TestServer.StandIn) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IAsyncDisposable? _container;
    private string? _connectionString;
    private bool _isChosen;

    /// <summary>The connection string of a real server; null where there is neither.</summary>
    public async Task<string?> ConnectionStringAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_isChosen) ServersReport.Add(server, await ChooseAsync(cancellationToken));
            _isChosen = true;
            return _connectionString;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_container is not null) await _container.DisposeAsync();
        _gate.Dispose();
    }

    private async Task<string> ChooseAsync(CancellationToken cancellationToken)
    {
        _connectionString = TestServer.Named(variable);
        if (_connectionString is not null) return variable;
        if (!await ContainerEngine.AnswersAsync()) return otherwise;
        try
        {
            (_container, _connectionString) = await start(cancellationToken);
            return containerName;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            // Its image may be out of reach, or not made for this machine: the report says so.
            await Console.Error.WriteLineAsync($"The container for {server} cannot be started: {failure}");
            return $"{otherwise} (no container: {failure.GetType().Name})";
        }
    }
}
