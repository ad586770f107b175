using DStream.Core;

namespace DStream.InMemory;

/// <summary>A lease of an <see cref="InMemoryLeaseProvider"/>.</summary>
internal sealed class InMemoryLease : ILease
{
    private readonly InMemoryLeaseProvider _provider;
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _renewal;
    private readonly ITimer _deadline;
    private long _since;
    private volatile bool _stopped;

    public InMemoryLease(InMemoryLeaseProvider provider, string name)
    {
        _provider = provider;
        Name = name;
        Lost = _lost.Token;
        _since = provider.Time.GetTimestamp();
        _renewal = provider.Time.CreateTimer(_ => Renew(), null, provider.Duration / 3, provider.Duration / 3);
        _deadline = provider.Time.CreateTimer(_ => CheckDeadline(), null, provider.Duration - provider.Margin, Timeout.InfiniteTimeSpan);
    }

    public string Name { get; }

    public CancellationToken Lost { get; }

    public bool IsHeld => !Lost.IsCancellationRequested && Age < _provider.Duration - _provider.Margin && _provider.IsHolder(this);

    /// <summary>Whether somebody else may take it.</summary>
    public bool HasRunOut => Age >= _provider.Duration;

    private TimeSpan Age => _provider.Time.GetElapsedTime(Interlocked.Read(ref _since));

    public void StopRenewing() => _stopped = true;

    public void Lose()
    {
        _renewal.Dispose();
        _deadline.Dispose();
        _lost.Cancel();
    }

    public ValueTask DisposeAsync()
    {
        // I2: whoever still works under the lease stops before it is free.
        Lose();
        _provider.Release(this);
        return ValueTask.CompletedTask;
    }

    private void Renew()
    {
        var before = _provider.Time.GetTimestamp();
        if (_stopped || _provider.Fault?.Invoke(InMemoryOperation.Renew, Name) is not null || !IsHeld) return;
        Interlocked.Exchange(ref _since, before);
        _deadline.Change(_provider.Duration - _provider.Margin, Timeout.InfiniteTimeSpan);
    }

    private void CheckDeadline()
    {
        if (!IsHeld) Lose();
    }
}
