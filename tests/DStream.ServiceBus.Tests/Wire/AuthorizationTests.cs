using System.Net;
using System.Net.Sockets;
using DStream.Core;
using DStream.ServiceBus.Connections;
using DStream.ServiceBus.Tests.Scenarios;
using DStream.ServiceBus.Tests.Sending;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DStream.ServiceBus.Tests.Wire;

public sealed class AuthorizationTests
{
    [Fact]
    [Scenario("refuses a wrong key")]
    public async Task OpenSenderAsync_WrongKey_FailsForGoodWithoutShowingIt()
    {
        await using var bench = await Bench.StartAsync();
        await using var wrong = new ServiceBusNamespace(
            ServiceBusOptions.For($"Endpoint=sb://127.0.0.1:{bench.Broker.AmqpPort};SharedAccessKeyName={bench.Broker.SharedAccessKeyName};SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true"),
            TimeProvider.System, NullLogger<ServiceBusNamespace>.Instance);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await wrong.OpenSenderAsync(Bench.Queue, Bench.Token));

        Assert.False(failure.IsTransient);
        Assert.Contains("key's name and value", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    [Scenario("names a missing queue")]
    public async Task OpenSenderAsync_MissingEntity_FailsForGoodAndSaysHowToCreateIt()
    {
        await using var bench = await Bench.StartAsync();

        var sending = await Assert.ThrowsAnyAsync<ProviderException>(async () => await bench.Namespace.OpenSenderAsync("nowhere", Bench.Token));
        var accepting = await Assert.ThrowsAnyAsync<ProviderException>(() => bench.AcceptAsync("nowhere"));

        Assert.False(sending.IsTransient || accepting.IsTransient);
        Assert.Contains("az servicebus queue create --name nowhere", sending.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenSenderAsync_NobodyListens_IsTransientAndPausesBetweenAttempts()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        var time = new FakeTimeProvider();
        await using var client = new ServiceBusNamespace(
            ServiceBusOptions.For($"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName=a;SharedAccessKey=b;UseDevelopmentEmulator=true"),
            time, NullLogger<ServiceBusNamespace>.Instance);

        var first = await Assert.ThrowsAsync<ProviderException>(async () => await client.OpenSenderAsync("q", Bench.Token));
        var second = client.OpenSenderAsync("q", Bench.Token).AsTask();
        var early = second.IsCompleted;
        time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<ProviderException>(() => second);

        Assert.True(first.IsTransient);
        Assert.False(early);
    }

    [Fact]
    public async Task SendAsync_TokenWouldHaveEnded_WasRenewedBefore()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(clientTime: time, brokerTime: time);
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);

        for (var renewals = 2; renewals <= 4; renewals++)
        {
            time.Advance(TimeSpan.FromMinutes(54));
            await Bench.UntilAsync(() => bench.Log.Count(4003, Bench.Queue) >= renewals);
        }

        await sender.SendAsync(Samples.Messages(0, 5), Bench.Token);
        Assert.Equal(0, bench.Log.Count(4002));
        Assert.Equal(0, bench.Log.Count(4001));
    }

    [Fact]
    public async Task SendAsync_TokenRefusedOnce_IsTriedAgainBeforeItEnds()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var bench = await Bench.StartAsync(clientTime: time, brokerTime: time);
        await using var sender = await bench.Namespace.OpenSenderAsync(Bench.Queue, Bench.Token);
        bench.Broker.Faults.RefuseToken();

        time.Advance(TimeSpan.FromMinutes(54));
        await Bench.UntilAsync(() => bench.Log.Count(4004) == 1);
        await Bench.UntilAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return bench.Log.Count(4003, Bench.Queue) == 2;
        });

        await sender.SendAsync(Samples.Messages(0, 5), Bench.Token);
        Assert.Equal(0, bench.Log.Count(4002));
    }

    [Fact]
    public async Task Log_WholeRun_NeverHoldsTheKeyOrASignature()
    {
        await using var bench = await Bench.StartAsync();
        await bench.SendAsync(Bench.Queue, Samples.Messages(0, 5));
        bench.Broker.Suspend(abruptly: true);
        await Assert.ThrowsAsync<ProviderException>(() => bench.SendAsync(Bench.Queue, Samples.Messages(0, 5)));

        Assert.NotEmpty(bench.Log.Texts);
        Assert.DoesNotContain(bench.Log.Texts, text =>
            text.Contains(bench.Broker.SharedAccessKey, StringComparison.Ordinal) || text.Contains("sig=", StringComparison.Ordinal)); // I8
    }

    [Theory]
    [InlineData(60, 0.0, 53)]
    [InlineData(60, 1.0, 52.3)]
    [InlineData(12, 0.0, 8)]
    public void RenewalTime_Lifetime_IsWellBeforeTheEnd(double lifetimeMinutes, double random, double minutes)
    {
        var now = DateTimeOffset.UnixEpoch;

        Assert.Equal(minutes, (CbsAuthorizer.RenewalTime(now, now.AddMinutes(lifetimeMinutes), random) - now).TotalMinutes, 3);
    }
}
