using DStream.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace DStream.Hosting.Tests;

public sealed class ResilienceTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Resilience _resilience;
    private int _calls;

    public ResilienceTests() => _resilience = new Resilience(_time, NullLoggerFactory.Instance);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("send", 7)]
    [InlineData("save", 5)]
    public async Task Execute_TransientForEver_GivesUpAfterItsAttempts(string pipeline, int attempts)
    {
        var running = RunAsync(Pick(pipeline), static _ => new ProviderException("busy", isTransient: true), Stop);

        await Assert.ThrowsAsync<ProviderException>(() => DriveAsync(running));

        Assert.Equal(attempts, _calls);
    }

    [Fact]
    public async Task Execute_TransientTwice_SucceedsInTheEnd()
    {
        await DriveAsync(RunAsync(_resilience.Send, static call => call <= 2 ? new ProviderException("busy", isTransient: true) : null, Stop));

        Assert.Equal(3, _calls);
    }

    [Fact]
    public async Task Start_TransientForLong_GoesOnUntilItSucceeds()
    {
        await DriveAsync(RunAsync(_resilience.Start, static call => call <= 200 ? new ProviderException("away", isTransient: true) : null, Stop));

        Assert.Equal(201, _calls);
    }

    [Theory]
    [InlineData("send")]
    [InlineData("save")]
    [InlineData("start")]
    public async Task Execute_NotTransient_IsNotTriedAgain(string pipeline)
    {
        await Assert.ThrowsAsync<ProviderException>(
            () => RunAsync(Pick(pipeline), static _ => new ProviderException("refused", isTransient: false), Stop));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => RunAsync(Pick(pipeline), static _ => new InvalidOperationException("defect"), Stop));

        Assert.Equal(2, _calls);
    }

    [Theory]
    [InlineData("send")]
    [InlineData("save")]
    [InlineData("start")]
    public async Task Execute_CancelledBetweenAttempts_EndsAtOnce(string pipeline)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = RunAsync(Pick(pipeline), static _ => new ProviderException("busy", isTransient: true), stop.Token);
        Assert.False(running.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(1, _calls);
    }

    private ResiliencePipeline Pick(string name) => name switch
    {
        "send" => _resilience.Send,
        "save" => _resilience.Save,
        _ => _resilience.Start,
    };

    private async Task RunAsync(ResiliencePipeline pipeline, Func<int, Exception?> outcome, CancellationToken cancellationToken) =>
        await pipeline.ExecuteAsync(
            _ => outcome(++_calls) is { } failure ? ValueTask.FromException(failure) : ValueTask.CompletedTask, cancellationToken);

    private async Task DriveAsync(Task running)
    {
        while (!running.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await running;
    }
}
