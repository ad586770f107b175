namespace DStream.ServiceBus.Connections;

/// <summary>Sees to it that the broker lets a connection's links be attached. Thread-safe.</summary>
internal interface ILinkAuthorizer : IAsyncDisposable
{
    /// <summary>Returns once a link to the entity may be attached; disposing the result says that it is no longer needed.</summary>
    ValueTask<IDisposable> AuthorizeAsync(string entity, CancellationToken cancellationToken);

    /// <summary>Says that one more link needs what was authorized for the entity just now.</summary>
    IDisposable Use(string entity);
}
