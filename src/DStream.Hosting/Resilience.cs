using DStream.Core;
using Polly;
using Polly.Retry;

namespace DStream.Hosting;

/// <summary>The retry policies of both hosts, in one place. Only a transient <see cref="ProviderException"/> is tried again.</summary>
public sealed class Resilience
{
    /// <summary>Makes the policies.</summary>
    public Resilience(TimeProvider time, ILoggerFactory loggers)
    {
        var log = loggers.CreateLogger<Resilience>();

        // A send waits out a throttled or restarting broker; what outlasts it is left to the worker's own backoff, which starts anew from
        // the checkpoint. Service Bus asks for two seconds when it throttles (server-busy).
        Send = Build(time, log, "send", attempts: 6, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(5));
        Save = Build(time, log, "save", attempts: 4, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(2));
        Start = Build(time, log, "start", attempts: int.MaxValue, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
    }

    /// <summary>For a batch to the broker.</summary>
    public ResiliencePipeline Send { get; }

    /// <summary>For a checkpoint, or the settling of messages.</summary>
    public ResiliencePipeline Save { get; }

    /// <summary>For what a host needs before it begins: as long as it takes.</summary>
    public ResiliencePipeline Start { get; }

    private static ResiliencePipeline Build(TimeProvider time, ILogger log, string step, int attempts, TimeSpan delay, TimeSpan maxDelay) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<ProviderException>(static error => error.IsTransient),
                MaxRetryAttempts = attempts,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = delay,
                MaxDelay = maxDelay,
                OnRetry = retry =>
                {
                    Log.Retry(log, step, retry.AttemptNumber + 1, retry.RetryDelay.TotalMilliseconds, retry.Outcome.Exception?.Message);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
}
