namespace DStream.Configuration;

/// <summary>The <c>router</c> block, also written <c>publisher</c>.</summary>
public sealed record RouterConfig
{
    public const int DefaultSessions = 32;

    public required QueueConfig Source { get; init; }

    public required OutputConfig Output { get; init; }

    /// <summary>The topics to send to: the router's own list, else those of the ingester's tables.</summary>
    public required IReadOnlyList<string> Destinations { get; init; }

    /// <summary>How many sessions of the queue are worked on at once.</summary>
    public int Sessions { get; init; } = DefaultSessions;

    public override string ToString() =>
        $"RouterConfig {{ Source = {Source}, Output = {Output}, Destinations = [{string.Join(", ", Destinations)}], Sessions = {Sessions} }}";
}
