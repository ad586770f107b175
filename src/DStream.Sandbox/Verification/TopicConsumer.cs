using DStream.Core;

namespace DStream.Sandbox.Verification;

/// <summary>A consumer of one topic's subscription, as any user of DStream would write it.</summary>
public sealed class TopicConsumer(Func<CancellationToken, ValueTask<IMessageReceiver>> open, TimeProvider time)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    /// <summary>Reads until cancelled; comes back after a lost connection.</summary>
    /// <param name="onDelivered">Gets every message and what it says.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Action<ReceivedMessage, DeliveredChange> onDelivered, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var receiver = await open(cancellationToken);
                while (true)
                {
                    var messages = await receiver.ReceiveAsync(1000, MaxWait, cancellationToken);
                    if (messages.Count == 0) continue;
                    foreach (var message in messages) onDelivered(message, DeliveredChange.Parse(message.Message.Body));
                    await receiver.CompleteAsync(messages, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (ProviderException)
            {
                // The broker is away; a message that was not completed comes again.
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
