namespace DStream.ServiceBus.Connections;

/// <summary>Stands where a link needs no token.</summary>
internal sealed class Unused : IDisposable
{
    public static Unused Instance { get; } = new();

    public void Dispose()
    {
        // Nothing is held.
    }
}
