using Amqp;

namespace DStream.ServiceBus.Connections;

/// <summary>An AMQP connection, and what lets its links be attached.</summary>
internal sealed class OpenConnection(Connection connection, ILinkAuthorizer authorizer) : IAsyncDisposable
{
    public Connection Connection => connection;

    public ILinkAuthorizer Authorizer => authorizer;

    // The library sets the state first and IsClosed last.
    public bool IsClosed => connection.IsClosed || connection.ConnectionState > ConnectionState.Opened;

    public async ValueTask DisposeAsync()
    {
        await authorizer.DisposeAsync().ConfigureAwait(false);
        LinkAttachment.Quietly(() => connection.Close(TimeSpan.Zero));
    }
}
