using System.Text;
using DStream.Core;
using DStream.RabbitMq;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace DStream.Contracts.Tests.RabbitMq;

/// <summary>The RabbitMQ provider over the broker that the environment names, else over one that the test run started.</summary>
public sealed class RabbitMqMessagingFixture : IMessagingFixture
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly string _connectionString;
    private readonly RabbitMqBroker _broker;

    private RabbitMqMessagingFixture(string connectionString)
    {
        _connectionString = connectionString;
        _broker = new RabbitMqBroker(RabbitMqOptions.For(connectionString), TimeProvider.System, NullLogger<RabbitMqBroker>.Instance);
        Administration = new RabbitMqAdministration(_broker, NullLogger<RabbitMqAdministration>.Instance);
    }

    public IMessageSenderFactory Senders => _broker;

    public IMessageReceiverFactory Receivers => _broker;

    public IBrokerAdministration Administration { get; }

    // It has no such thing: configurations must accept that in so many words, docs/configuration.md.
    public bool DetectsDuplicates => false;

    public static async ValueTask<IMessagingFixture> StartAsync(RabbitMqFixture rabbit, CancellationToken cancellationToken) =>
        new RabbitMqMessagingFixture(await rabbit.ConnectionStringAsync(cancellationToken));

    public Task<IReadOnlyList<TakenMessage>> TakeFromSubscriptionAsync(string topic, string subscription, int count, CancellationToken cancellationToken) =>
        TakeAsync($"{topic}/{subscription}", count, cancellationToken);

    public Task<IReadOnlyList<TakenMessage>> TakeDeadLettersAsync(string queue, int count, CancellationToken cancellationToken) =>
        TakeAsync($"{queue}.dead-letter", count, cancellationToken);

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    /// <summary>By the client library alone, without the provider.</summary>
    private async Task<IReadOnlyList<TakenMessage>> TakeAsync(string queue, int count, CancellationToken cancellationToken)
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(_connectionString) }.CreateConnectionAsync(cancellationToken);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var taken = new List<TakenMessage>();
        var began = TimeProvider.System.GetTimestamp();
        while (taken.Count < count)
        {
            if (await channel.BasicGetAsync(queue, autoAck: true, cancellationToken) is { } message)
            {
                taken.Add(Describe(message));
                continue;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"{queue} holds no more than {taken.Count} of {count} messages.");
            await Task.Delay(Look, TimeProvider.System, cancellationToken);
        }

        return taken;
    }

    private static TakenMessage Describe(BasicGetResult message)
    {
        var properties = message.BasicProperties;
        string? Text(string name) => properties.Headers is { } headers && headers.TryGetValue(name, out var value) ? Encoding.UTF8.GetString((byte[])value!) : null;
        return new TakenMessage(
            properties.MessageId!, Text("SessionId"), Encoding.UTF8.GetString(message.Body.Span), properties.Type, Text("Destination"), Text("OperationType"),
            Text("TableName"), Text("LSN"), Text("traceparent"), Text("DeadLetterReason"), Text("DeadLetterErrorDescription"));
    }
}
