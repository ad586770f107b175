using DStream.Configuration;
using DStream.Core;
using DStream.Hosting;

namespace DStream.Ingester;

/// <summary>What the workers of all tables share.</summary>
internal sealed record IngestContext
{
    public required IngesterConfig Config { get; init; }

    public required IChangeSource Source { get; init; }

    public required ICheckpointStore Checkpoints { get; init; }

    public required ILeaseProvider Leases { get; init; }

    public required IngestQueue Queue { get; init; }

    public required LsnWatcher Watcher { get; init; }

    public required TableStatusBoard Status { get; init; }

    public required Resilience Resilience { get; init; }

    public required IngestMetrics Metrics { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Jitter, from 0 up to but not including 1.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

    /// <summary>Who this process is, for the people who read checkpoints and leases.</summary>
    public string Owner { get; init; } = $"{Environment.MachineName}/{Environment.ProcessId}";
}
