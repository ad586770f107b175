using RabbitMQ.Client;

namespace DStream.RabbitMq.Receiving;

/// <summary>What is done with the library's channels in several places.</summary>
internal static class Channels
{
    /// <summary>Closes it; what it had not settled goes back to its place. Nothing is left to close where the connection is lost.</summary>
    public static async ValueTask CloseAsync(IChannel channel)
    {
        try
        {
            await channel.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception problem) when (RabbitMqErrors.IsBrokers(problem, CancellationToken.None))
        {
            // As intended.
        }
    }
}
