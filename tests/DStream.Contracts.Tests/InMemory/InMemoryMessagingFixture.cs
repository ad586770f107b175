using System.Text;
using DStream.Core;
using DStream.InMemory;

namespace DStream.Contracts.Tests.InMemory;

public sealed class InMemoryMessagingFixture : IMessagingFixture
{
    private readonly InMemoryBroker _broker = new();

    public IMessageSenderFactory Senders => _broker;

    public IMessageReceiverFactory Receivers => _broker;

    public IBrokerAdministration Administration => _broker;

    public Task<IReadOnlyList<TakenMessage>> TakeFromSubscriptionAsync(string topic, string subscription, int count, CancellationToken cancellationToken) =>
        TakeAsync(InMemoryBroker.SubscriptionPath(topic, subscription), count, cancellationToken);

    public Task<IReadOnlyList<TakenMessage>> TakeDeadLettersAsync(string queue, int count, CancellationToken cancellationToken) =>
        TakeAsync(InMemoryBroker.DeadLetterPath(queue), count, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<IReadOnlyList<TakenMessage>> TakeAsync(string path, int count, CancellationToken cancellationToken)
    {
        await _broker.WaitUntilAsync(path, counts => counts.Available >= count, cancellationToken);
        var reasons = _broker.Messages(path);
        await using var receiver = _broker.OpenReceiver(path);
        var received = await receiver.ReceiveAsync(count, TimeSpan.FromSeconds(1), cancellationToken);
        await receiver.CompleteAsync(received, cancellationToken);
        return [.. received.Zip(reasons, static (message, seen) => Describe(message, seen))];
    }

    private static TakenMessage Describe(ReceivedMessage message, InMemoryMessage seen) => new(
        message.MessageId, message.Message.SessionId, TestMessages.BodyOf(message), message.Message.Headers?.Subject, message.Destination,
        message.Message.Headers?.OperationType, message.Message.Headers?.TableName, Encoding.ASCII.GetString(message.Message.Lsn.Span),
        message.Message.TraceParent, seen.DeadLetterReason, seen.DeadLetterDescription);
}
