namespace DStream.ServiceBus.Connections;

/// <summary>Waits for a task or a time, whichever is first, without an exception for the time.</summary>
internal static class Waiting
{
    /// <summary>Whether the task ended in time; it is not awaited, so that its failure is the caller's to see.</summary>
    public static async ValueTask<bool> ForAsync(Task task, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        if (task.IsCompleted) return true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(task, Task.Delay(timeout, time, stop.Token)).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        if (task.IsCompleted) return true;
        cancellationToken.ThrowIfCancellationRequested();
        return false;
    }
}
