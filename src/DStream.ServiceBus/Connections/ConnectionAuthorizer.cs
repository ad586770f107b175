namespace DStream.ServiceBus.Connections;

/// <summary>The broker authorized the whole connection when it was opened (SASL PLAIN).</summary>
internal sealed class ConnectionAuthorizer : ILinkAuthorizer
{
    public ValueTask<IDisposable> AuthorizeAsync(string entity, CancellationToken cancellationToken) => ValueTask.FromResult<IDisposable>(Unused.Instance);

    public IDisposable Use(string entity) => Unused.Instance;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
