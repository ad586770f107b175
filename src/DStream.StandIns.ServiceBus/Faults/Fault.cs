namespace DStream.StandIns.ServiceBus.Faults;

/// <summary>One armed fault. It lets <see cref="Skip"/> occasions pass, strikes <see cref="Times"/>, and is spent.</summary>
public sealed class Fault(FaultKind kind)
{
    private int _passed;
    private int _struck;

    /// <summary>What goes wrong.</summary>
    public FaultKind Kind { get; } = kind;

    /// <summary>Only at this entity's address, or null for any.</summary>
    public string? Entity { get; init; }

    /// <summary>Occasions to let pass first.</summary>
    public int Skip { get; init; }

    /// <summary>How often it strikes; <see cref="int.MaxValue"/> until disarmed.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The condition reported, where the kind reports one.</summary>
    public string Condition { get; init; } = "amqp:internal-error";

    /// <summary>The text reported.</summary>
    public string Description { get; init; } = "A fault armed in the stand-in.";

    /// <summary>How long, for a delay.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How often it struck so far.</summary>
    public int Struck => Volatile.Read(ref _struck);

    internal bool Strikes(FaultKind kind, string? entity)
    {
        if (kind != Kind || (Entity is not null && !Entity.Equals(entity, StringComparison.OrdinalIgnoreCase)) || _struck >= Times) return false;
        if (_passed < Skip)
        {
            _passed++;
            return false;
        }

        _struck++;
        return true;
    }
}
