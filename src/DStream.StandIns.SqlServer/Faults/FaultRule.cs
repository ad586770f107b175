using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Faults;

/// <summary>
/// One fault: where, how often, what. Made by <see cref="FaultRules.On"/>; armed by the member that says what happens, which
/// comes last. Fires once unless <see cref="Times"/> or <see cref="Always"/> says otherwise.
/// </summary>
public sealed class FaultRule
{
    private readonly FaultRules _rules;
    private readonly TaskCompletionSource _firstFiring = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _skip;
    private int _times = 1;
    private int _fired;

    internal FaultRule(FaultRules rules, FaultPoint point) => (_rules, Point) = (rules, point);

    /// <summary>How often it has fired.</summary>
    public int Fired => Volatile.Read(ref _fired);

    /// <summary>Completes when it has fired for the first time and acts.</summary>
    public Task FirstFiring => _firstFiring.Task;

    internal FaultPoint Point { get; }
    internal FaultAction Action { get; private set; } = new(FaultKind.Delay);

    /// <summary>Lets the first <paramref name="count"/> occasions pass.</summary>
    public FaultRule Skip(int count)
    {
        _skip = count;
        return this;
    }

    public FaultRule Times(int count)
    {
        _times = count;
        return this;
    }

    public FaultRule Always() => Times(int.MaxValue);

    /// <summary>An ERROR token in place of the response (after rows: at the end of what was written). Severity 20 and above also closes.</summary>
    public FaultRule Error(int number, byte severity = 16, byte state = 1, string message = "An injected fault.")
    {
        if (Point.Stage is FaultStage.Connect or FaultStage.PreLogin)
            throw new InvalidOperationException("Before LOGIN7 the protocol has no place for an error: close the connection instead.");
        return Arm(new FaultAction(FaultKind.Error, new SqlError(number, state, severity, message)));
    }

    /// <summary>Goes on after a wait on the listener's TimeProvider.</summary>
    public FaultRule Delay(TimeSpan delay) => Arm(new FaultAction(FaultKind.Delay, Delay: delay));

    /// <summary>Never answers. An attention is acknowledged, unless <paramref name="ignoreAttention"/> makes the server quite silent.</summary>
    public FaultRule Hang(bool ignoreAttention = false) => Arm(new FaultAction(FaultKind.Hang, IgnoresAttention: ignoreAttention));

    /// <summary>Runs the request to its end; an attention meanwhile is neither obeyed nor acknowledged.</summary>
    public FaultRule IgnoreAttention() => Arm(new FaultAction(FaultKind.IgnoreAttention, IgnoresAttention: true));

    /// <summary>Ends the connection in order (FIN).</summary>
    public FaultRule CloseFin() => Arm(new FaultAction(FaultKind.Close));

    /// <summary>Ends the connection at once (RST).</summary>
    public FaultRule CloseRst() => Arm(new FaultAction(FaultKind.Close, Reset: true));

    /// <summary>Ends the connection (FIN) after so many more bytes of the response, most likely inside a packet.</summary>
    public FaultRule CutAfterBytes(long bytes) => Arm(new FaultAction(FaultKind.Cut, Bytes: bytes));

    /// <summary>The engine carries the request out; the connection ends (RST) before the reply: a lost acknowledgement.</summary>
    public FaultRule RunThenDrop()
    {
        if (Point.Stage is FaultStage.Connect or FaultStage.PreLogin or FaultStage.Row or FaultStage.BulkRow)
            throw new InvalidOperationException($"There is no request to run at {Point.Stage}.");
        return Arm(new FaultAction(FaultKind.RunThenDrop, Reset: true));
    }

    internal bool TryFire()
    {
        lock (_gate)
        {
            if (_skip > 0)
            {
                _skip--;
                return false;
            }
            if (_fired >= _times) return false;
            _fired++;
        }
        return true;
    }

    /// <summary>Apart from <see cref="TryFire"/>, so that a test that waits for it meets the fault in force.</summary>
    internal void Announce() => _firstFiring.TrySetResult();

    private FaultRule Arm(FaultAction action)
    {
        Action = action;
        _rules.Arm(this);
        return this;
    }
}
