namespace DStream.Configuration;

/// <summary>The <c>checkpoints</c> block: where a table's position is kept, in the source database.</summary>
public sealed record CheckpointConfig
{
    /// <summary>Whether a missing checkpoint table is created.</summary>
    public bool CreateTable { get; init; } = true;

    /// <summary>How often the position of a table without changes is moved forward.</summary>
    public TimeSpan IdleInterval { get; init; } = TimeSpan.FromMinutes(1);
}
