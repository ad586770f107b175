namespace DStream.StandIns.Proxy.Faults;

/// <summary>
/// One fault: where, how often, what. Made by <see cref="ProxyFaults.On"/>; armed by the member that says what happens, which comes last.
/// Fires once unless <see cref="Times"/> or <see cref="Always"/> says otherwise.
/// </summary>
public sealed class ProxyFaultRule
{
    private readonly ProxyFaults _faults;
    private readonly TaskCompletionSource _firstFiring = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private int _skip;
    private int _times = 1;
    private int _fired;

    internal ProxyFaultRule(ProxyFaults faults, ProxyPoint point) => (_faults, Point) = (faults, point);

    /// <summary>How often it has fired.</summary>
    public int Fired => Volatile.Read(ref _fired);

    /// <summary>Completes when it has fired for the first time.</summary>
    public Task FirstFiring => _firstFiring.Task;

    internal ProxyPoint Point { get; }
    internal ProxyFaultKind Kind { get; private set; }

    /// <summary>Lets the first <paramref name="count"/> occasions pass.</summary>
    public ProxyFaultRule Skip(int count)
    {
        _skip = count;
        return this;
    }

    public ProxyFaultRule Times(int count)
    {
        _times = count;
        return this;
    }

    public ProxyFaultRule Always() => Times(int.MaxValue);

    /// <summary>Ends the connection in order, on both sides (FIN).</summary>
    public ProxyFaultRule CloseFin() => Arm(ProxyFaultKind.CloseFin);

    /// <summary>Ends the connection at once, on both sides (RST).</summary>
    public ProxyFaultRule CloseRst() => Arm(ProxyFaultKind.CloseRst);

    /// <summary>At <see cref="ProxyPoint.Connect"/>: accepts, reads, and never answers; the server hears nothing.</summary>
    public ProxyFaultRule NeverAnswer()
    {
        if (Point.Flow is not null) throw new InvalidOperationException("Only a connection that begins can be left without a server; Swallow is for one direction.");
        return Arm(ProxyFaultKind.NeverAnswer);
    }

    /// <summary>Reads on in this direction, and drops it silently: half open.</summary>
    public ProxyFaultRule Swallow() => Arm(ProxyFaultKind.Swallow);

    /// <summary>Reads no more in this direction: the sender's windows fill up (back-pressure).</summary>
    public ProxyFaultRule StopReading() => Arm(ProxyFaultKind.StopReading);

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
        _firstFiring.TrySetResult();
        return true;
    }

    private ProxyFaultRule Arm(ProxyFaultKind kind)
    {
        Kind = kind;
        _faults.Arm(this);
        return this;
    }
}
