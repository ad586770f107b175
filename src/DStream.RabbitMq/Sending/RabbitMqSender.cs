using System.Collections.Concurrent;
using DStream.Core;
using DStream.RabbitMq.Connections;

namespace DStream.RabbitMq.Sending;

/// <summary>
/// Sends to a topic's exchange, or to the queues of a queue's sessions. After a batch to a session is stored, the session is announced in the
/// queue itself: whoever takes that message looks whether the session has work.
/// </summary>
internal sealed class RabbitMqSender(string entity, bool isTopic, RabbitMqOptions options, Publisher publisher, Topology topology) : IMessageSender
{
    // RabbitMQ 4 takes bodies of 16 MB unless it is told otherwise, earlier ones of 128 MB: https://www.rabbitmq.com/docs/configure.
    private const int MaxMessageBytes = 16 * 1024 * 1024;
    private const int MaxBatchBytes = 4 * 1024 * 1024;
    private const int MaxBatchMessages = 1000;
    private const int FramingBytes = 512;

    private readonly ConcurrentDictionary<string, string> _sessionQueues = new(StringComparer.Ordinal);
    private readonly string _action = $"Sending to '{entity}'";

    /// <inheritdoc/>
    public SendLimits Limits { get; } = new(MaxMessageBytes, MaxBatchBytes, MaxBatchMessages, FramingBytes);

    /// <inheritdoc/>
    public async ValueTask SendAsync(ReadOnlyMemory<OutboundMessage> messages, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var batch = new Publication[messages.Length];
        var sessions = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < batch.Length; i++)
        {
            var message = messages.Span[i];
            ThrowIfTooLarge(message);
            batch[i] = isTopic
                ? new Publication(entity, message.Headers?.OperationType ?? "", MessageFormat.Properties(message), message.Body)
                : new Publication("", await SessionQueueAsync(message.SessionId, cancellationToken).ConfigureAwait(false), MessageFormat.Properties(message), message.Body);
            if (!isTopic) sessions.Add(message.SessionId!);
        }

        try
        {
            await publisher.PublishAsync(_action, batch, cancellationToken).ConfigureAwait(false);

            // Not before: whoever takes an announcement and finds the session empty, forgets it.
            await publisher.PublishAsync(_action, [.. sessions.Select(session => Announcement.Of(entity, session))], cancellationToken).ConfigureAwait(false);
        }
        catch (UnroutableException problem) when (!isTopic && options.CreateEntities)
        {
            // Somebody deleted the queue of a session: the next attempt makes it anew.
            foreach (var session in sessions) _sessionQueues.TryRemove(session, out _);
            throw new ProviderException(problem.Message, isTransient: true, problem);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void ThrowIfTooLarge(in OutboundMessage message)
    {
        if (message.Body.Length <= MaxMessageBytes - FramingBytes) return;
        throw new ProviderException(
            $"{_action} failed: a message has {message.Body.Length} bytes, and at most {MaxMessageBytes - FramingBytes} fit. Leave the large column out of the capture instance.",
            isTransient: false);
    }

    private async ValueTask<string> SessionQueueAsync(string? session, CancellationToken cancellationToken)
    {
        if (session is null) throw new ProviderException($"{_action} failed: a message has no session, and the queue has nothing else to keep order by.", isTransient: false);
        if (_sessionQueues.TryGetValue(session, out var known)) return known;
        if (options.CreateEntities) await topology.EnsureSessionAsync(entity, session, cancellationToken).ConfigureAwait(false);
        return _sessionQueues.GetOrAdd(session, EntityNames.Session(entity, session));
    }
}
