using DStream.Core;
using Microsoft.Extensions.Logging.Abstractions;
using RabbitMQ.Client;

namespace DStream.RabbitMq.Tests;

/// <summary>What the broker refuses comes with its name and a remedy, and tells no secret.</summary>
public sealed class ErrorTests(RabbitMqFixture rabbit) : BrokerTest(rabbit)
{
    private const string Wrong = "n0t-the-passw0rd";

    [Fact]
    public async Task Connect_WrongPassword_IsFinalAndTellsNoSecret()
    {
        var address = new UriBuilder(Server.ConnectionString) { Password = Wrong };

        var problem = await AssertFailsAsync(Connect(connectionString: address.Uri.ToString().TrimEnd('/')), isTransient: false, "user or password");

        Assert.DoesNotContain(Wrong, problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public Task Connect_UnknownVirtualHost_IsFinalAndNamesIt() =>
        AssertFailsAsync(Connect(connectionString: Server.ConnectionString + "/nowhere"), isTransient: false, "nowhere", "virtual host");

    [Fact]
    public Task Connect_NobodyListens_IsTransient() => AssertFailsAsync(Connect(connectionString: "amqp://u:p@127.0.0.1:1"), isTransient: true, "127.0.0.1:1");

    [Fact]
    public Task Connect_ServerWithoutTls_IsFinalAndSaysSo() => AssertFailsAsync(
        Connect(connectionString: Server.ConnectionString.Replace("amqp:", "amqps:", StringComparison.Ordinal)), isTransient: false, "amqps", "TLS failed");

    [Fact]
    public Task OpenSender_MissingEntity_IsFinalAndNamesIt() => AssertFailsAsync(Broker, isTransient: false, "'missing'", "create = true");

    [Fact]
    public async Task AcceptSession_MissingQueue_IsFinalAndNamesIt()
    {
        var problem = await Assert.ThrowsAsync<ProviderException>(async () => await Broker.AcceptSessionAsync("missing", Patience, Stop));

        Assert.False(problem.IsTransient);
        Assert.Contains("'missing'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnsureTopic_DeclaredOtherwise_IsFinalAndNamesTheArgument()
    {
        var topic = $"topic-{Guid.NewGuid():n}";
        await using var connection = await new ConnectionFactory { Uri = new Uri(Server.ConnectionString) }.CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.ExchangeDeclareAsync(topic, ExchangeType.Fanout, durable: true, cancellationToken: Stop);

        var problem = await Assert.ThrowsAsync<ProviderException>(
            async () => await new RabbitMqAdministration(Broker, NullLogger<RabbitMqAdministration>.Instance).EnsureTopicAsync(topic, "sub1", Stop));

        Assert.False(problem.IsTransient);
        Assert.Contains("'type'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("create = false", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_SessionWithoutQueueAndNotOursToCreate_IsFinalAndNamesTheQueue()
    {
        await using var sender = await Connect(static options => options with { CreateEntities = false }).OpenSenderAsync(Queue, Stop);

        var problem = await Assert.ThrowsAnyAsync<ProviderException>(async () => await sender.SendAsync(Numbered("s1", 1), Stop));

        Assert.False(problem.IsTransient);
        Assert.Contains($"'{Queue}/s1'", problem.Message, StringComparison.Ordinal);
        Assert.Contains("create = true", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_QueueOfTheSessionDeleted_IsTransientAndMadeAnew()
    {
        await using var sender = await Broker.OpenSenderAsync(Queue, Stop);
        await sender.SendAsync(Numbered("s1", 1), Stop);
        await using var connection = await new ConnectionFactory { Uri = new Uri(Server.ConnectionString) }.CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.QueueDeleteAsync($"{Queue}/s1", cancellationToken: Stop);

        var problem = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Numbered("s1", 1, first: 1), Stop));
        await sender.SendAsync(Numbered("s1", 1, first: 1), Stop);

        Assert.True(problem.IsTransient);
        await using var receiver = await Broker.AcceptSessionAsync(Queue, Patience, Stop);
        Assert.Equal([1], (await receiver!.ReceiveAsync(10, Patience, Stop)).Select(NumberOf));
    }

    [Fact]
    public async Task Send_NameTooLong_IsFinalAndSaysSo()
    {
        await using var sender = await Broker.OpenSenderAsync(Queue, Stop);

        var problem = await Assert.ThrowsAsync<ProviderException>(async () => await sender.SendAsync(Numbered(new string('s', 255), 1), Stop));

        Assert.False(problem.IsTransient);
        Assert.Contains("255 bytes", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_ForeignMessageInTheQueue_IsDeadLetteredAndNothingWaitsForIt()
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(Server.ConnectionString) }.CreateConnectionAsync(Stop);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Stop);
        await channel.BasicPublishAsync("", Queue, mandatory: false, new BasicProperties { MessageId = "foreign" }, "hello"u8.ToArray(), Stop);
        await using (var sender = await Broker.OpenSenderAsync(Queue, Stop)) await sender.SendAsync(Numbered("s1", 1), Stop);

        await using var receiver = await Broker.AcceptSessionAsync(Queue, Patience, Stop);

        Assert.Equal("s1", receiver?.SessionId);
        var letter = await channel.BasicGetAsync($"{Queue}.dead-letter", autoAck: true, Stop);
        Assert.Equal("foreign", letter?.BasicProperties.MessageId);
        Assert.Equal("Unreadable"u8.ToArray(), letter!.BasicProperties.Headers!["DeadLetterReason"]);
    }

    private static async Task<ProviderException> AssertFailsAsync(RabbitMqBroker broker, bool isTransient, params string[] texts)
    {
        var problem = await Assert.ThrowsAnyAsync<ProviderException>(async () => await broker.OpenSenderAsync("missing", Stop));

        Assert.Equal(isTransient, problem.IsTransient);
        Assert.All(texts, text => Assert.Contains(text, problem.Message, StringComparison.Ordinal));
        return problem;
    }
}
