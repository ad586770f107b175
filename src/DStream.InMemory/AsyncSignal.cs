namespace DStream.InMemory;

/// <summary>Wakes everybody who waits. Used under the lock of the state that is waited for; only the wait itself is outside.</summary>
internal sealed class AsyncSignal
{
    private TaskCompletionSource? _next;

    /// <summary>Completes at the next <see cref="Set"/>.</summary>
    // Whoever sets the signal holds a lock: nobody may run inside of it.
    public Task Next => (_next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Wakes who waits.</summary>
    public void Set()
    {
        _next?.SetResult();
        _next = null;
    }

    /// <summary>Waits for the signal, but no longer than that.</summary>
    public static async Task WaitAsync(Task signal, TimeSpan maxWait, TimeProvider time, CancellationToken cancellationToken)
    {
        using var stopDelay = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(signal, Task.Delay(maxWait, time, stopDelay.Token));
        await stopDelay.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }
}
