namespace DStream.Hosting;

/// <summary>What a table's worker is doing.</summary>
public enum TableState
{
    /// <summary>Not yet known.</summary>
    Starting,

    /// <summary>Another replica owns the table.</summary>
    Standby,

    /// <summary>Owned here and delivered.</summary>
    Running,

    /// <summary>Something is wrong; it is tried again by itself.</summary>
    Unhealthy,

    /// <summary>The worker has ended.</summary>
    Stopped,
}
