using DStream.Core;
using DStream.Hosting;
using DStream.Sandbox.Workloads;

namespace DStream.Sandbox;

/// <summary>What a sandbox runs.</summary>
public sealed record SandboxPlan
{
    /// <summary>The tables that are created, written to and consumed; the configuration may name others too.</summary>
    public required IReadOnlyList<SandboxTable> Tables { get; init; }

    /// <summary>Text of the dstream.hcl.</summary>
    public required string Configuration { get; init; }

    /// <summary>What <c>type = "memory"</c> stands for; null for providers of this sandbox alone.</summary>
    public MemoryProviders? Memory { get; init; }

    /// <summary>Least level of the hosts' log.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Warning;

    /// <summary>Takes the hosts' log; null for the console.</summary>
    public ILoggerProvider? LogTo { get; init; }

    /// <summary>Whether to keep what is needed to compare.</summary>
    public bool Verify { get; init; } = true;

    /// <summary>
    /// Receives from a topic where copies are not dropped: the consumer drops those whose message id it has seen. Null for the topics' subscriptions
    /// on Service Bus.
    /// </summary>
    public Func<string, CancellationToken, ValueTask<IMessageReceiver>>? OpenTopic { get; init; }

    /// <summary>Seed of the workload.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether the workload swaps keys, which only command order can tell in the right order.</summary>
    public bool SwapsKeys { get; init; } = true;
}
