namespace DStream.StandIns.ServiceBus.Tests.Judges;

/// <summary>What a scenario asks of the judge's starter: what to do, with which stand-in, and how.</summary>
internal sealed record JudgeCommand
{
    public required string Do { get; init; }

    /// <summary>One that the scenario started, or null for the one that all share.</summary>
    public int? StandIn { get; init; }

    public string? Entity { get; init; }

    public int Times { get; init; } = 1;

    public int Skip { get; init; }

    public string? Condition { get; init; }

    public double Seconds { get; init; }

    public int Steps { get; init; } = 1;

    public int? CreditsPerSecond { get; init; }

    public bool FakeClock { get; init; }

    public bool Emulator { get; init; }

    public int? Entities { get; init; }

    public bool CloseIdle { get; init; }

    public string? ListenKey { get; init; }

    public string? SendKey { get; init; }
}
