using Amqp;

namespace DStream.ServiceBus.Connections;

/// <summary>An AMQP connection and the tokens that the broker holds for it.</summary>
internal sealed class OpenConnection(Connection connection, CbsAuthorizer cbs) : IAsyncDisposable
{
    public Connection Connection => connection;

    public CbsAuthorizer Cbs => cbs;

    // The library sets the state first and IsClosed last.
    public bool IsClosed => connection.IsClosed || connection.ConnectionState > ConnectionState.Opened;

    public async ValueTask DisposeAsync()
    {
        await cbs.DisposeAsync().ConfigureAwait(false);
        LinkAttachment.Quietly(() => connection.Close(TimeSpan.Zero));
    }
}
