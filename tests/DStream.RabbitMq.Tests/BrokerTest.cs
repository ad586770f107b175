using System.Globalization;
using System.Text;
using DStream.Core;
using Microsoft.Extensions.Logging.Abstractions;

namespace DStream.RabbitMq.Tests;

/// <summary>A queue of the test's own, on the broker of the test run.</summary>
public abstract class BrokerTest(RabbitMqFixture rabbit) : IAsyncLifetime
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<RabbitMqBroker> _brokers = [];

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal string Queue { get; } = $"queue-{Guid.NewGuid():n}";

    internal RabbitMqServer Server { get; private set; } = null!;

    internal RabbitMqBroker Broker { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await rabbit.ServerAsync(Stop);
        Broker = Connect();
        await new RabbitMqAdministration(Broker, NullLogger<RabbitMqAdministration>.Instance).EnsureQueueAsync(Queue, Stop);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var broker in _brokers) await broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>As another process would.</summary>
    internal RabbitMqBroker Connect(Func<RabbitMqOptions, RabbitMqOptions>? change = null, string? connectionString = null)
    {
        var options = RabbitMqOptions.For(connectionString ?? Server.ConnectionString);
        var broker = new RabbitMqBroker(change?.Invoke(options) ?? options, TimeProvider.System, NullLogger<RabbitMqBroker>.Instance);
        _brokers.Add(broker);
        return broker;
    }

    /// <summary>Messages whose ids and bodies are their numbers.</summary>
    internal static OutboundMessage[] Numbered(string session, int count, int first = 0) =>
    [
        .. Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture)).Select(text => new OutboundMessage(
            Encoding.ASCII.GetBytes(text), session, new MessageHeaders("T", "topic", "Insert", "T"), "0"u8.ToArray(), null, Encoding.ASCII.GetBytes(text))),
    ];

    internal static int NumberOf(ReceivedMessage message) => int.Parse(message.MessageId, CultureInfo.InvariantCulture);
}
