using DStream.Core;

namespace DStream.Configuration;

/// <summary>One table of <c>tables</c>, with its overrides applied.</summary>
public sealed record TableConfig
{
    public required TableName Name { get; init; }

    /// <summary>The wait after a poll that found changes.</summary>
    public required TimeSpan PollInterval { get; init; }

    /// <summary>The longest wait that idle polls grow to; never below <see cref="PollInterval"/>.</summary>
    public required TimeSpan MaxPollInterval { get; init; }

    /// <summary>The topic, made by <see cref="DestinationName"/>.</summary>
    public required string Destination { get; init; }

    public ReadMode ReadMode { get; init; }

    public UpdateImages UpdateImages { get; init; }
}
