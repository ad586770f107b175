namespace DStream.Sandbox;

/// <summary>What the sandbox was asked to do.</summary>
public sealed record SandboxOptions
{
    /// <summary>Stop after that many committed changes; null runs until Ctrl-C.</summary>
    public int? Changes { get; init; }

    /// <summary>Compare what the topics delivered with what was committed.</summary>
    public bool Verify { get; init; }

    /// <summary>Changes a second that the workload commits; 0 is as many as it can.</summary>
    public double Rate { get; init; } = 20;

    public int Tables { get; init; } = 2;

    /// <summary>Seed of the workload: the same seed commits the same changes.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Leases in Azurite instead of in this process.</summary>
    public bool Azurite { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Warning;
}
