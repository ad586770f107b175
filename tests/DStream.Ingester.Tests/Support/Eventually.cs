using Microsoft.Extensions.Time.Testing;

namespace DStream.TestSupport;

/// <summary>Waits for conditions: in real time, or while a fake clock is moved on.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    /// <summary>Waits until the condition holds; fails after three minutes, saying what was waited for.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"Waited three minutes in vain: {what}");
            await Task.Delay(Look, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Moves the clock on, step by step, until the condition holds.</summary>
    public static async Task HoldsAsync(FakeTimeProvider time, TimeSpan step, Func<bool> condition, string what)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"Waited three minutes in vain: {what}");
            time.Advance(step);
            await Task.Delay(Look, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Lets everything that can run now run: nothing observable may change for a while.</summary>
    public static async Task SettlesAsync(Func<long> observed)
    {
        var (last, since) = (observed(), TimeProvider.System.GetTimestamp());
        while (TimeProvider.System.GetElapsedTime(since) < 25 * Look)
        {
            await Task.Delay(Look, TimeProvider.System, TestContext.Current.CancellationToken);
            if (observed() == last) continue;
            (last, since) = (observed(), TimeProvider.System.GetTimestamp());
        }
    }
}
