namespace DStream.AzureBlob.Tests;

internal static class Waiting
{
    /// <summary>Waits until the token is cancelled.</summary>
    public static async Task UntilCancelledAsync(CancellationToken token, CancellationToken stop)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(stop);
    }

    /// <summary>Does something again and again until it has led to what is wished.</summary>
    public static async Task UntilAsync(Func<bool> wished, Action again, CancellationToken stop)
    {
        while (!wished())
        {
            again();
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stop);
        }
    }

    /// <summary>Tries until something comes of it.</summary>
    public static async Task<T> UntilAsync<T>(Func<ValueTask<T?>> attempt, CancellationToken stop)
        where T : class
    {
        while (true)
        {
            if (await attempt() is { } result) return result;
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, stop);
        }
    }
}
