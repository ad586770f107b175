using DStream.Core;
using DStream.InMemory;
using DStream.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace DStream.Router.Tests;

public sealed class QueueOutageTests : IDisposable
{
    private const int QueueFailed = 2007;
    private const int QueueWorks = 2010;

    private readonly RecordingLogs _logs = new();
    private readonly QueueOutage _outage;

    public QueueOutageTests() => _outage = new QueueOutage(new FakeTimeProvider(), _logs);

    [Fact]
    public async Task Queue_FailsForAllPlaces_IsToldOnceAndOnceThatItWorks()
    {
        var time = new FakeTimeProvider();
        await using var rig = new RouteRig(time) { Places = 8 };
        var failing = false;
        var failures = 0;
        rig.Broker.Fault = (operation, name) =>
        {
            if (!failing || operation != InMemoryOperation.Accept) return null;
            Interlocked.Increment(ref failures);
            return new ProviderException("The broker is away.", isTransient: true);
        };
        var starting = rig.StartAsync("orders");
        await Eventually.HoldsAsync(time, TimeSpan.FromSeconds(1), () => starting.IsCompleted, "the router's start");
        await starting;

        for (var outage = 1; outage <= 2; outage++)
        {
            Volatile.Write(ref failures, 0);
            Volatile.Write(ref failing, true);
            await Eventually.HoldsAsync(time, TimeSpan.FromSeconds(5), () => Volatile.Read(ref failures) >= 3 * rig.Places, "failures of every place");
            Assert.Equal((outage, outage - 1), (rig.Logs.Count(QueueFailed), rig.Logs.Count(QueueWorks)));

            Volatile.Write(ref failing, false);
            await rig.EnqueueAsync("s", "orders", 1);
            await Eventually.HoldsAsync(time, TimeSpan.FromSeconds(1), () => rig.Left == 0, "an empty ingest queue");

            // The message may have gone to a wait that began before the outage, which tells nothing: then another place's next wait does.
            await Eventually.HoldsAsync(time, TimeSpan.FromSeconds(1), () => rig.Logs.Count(QueueWorks) >= outage, "a word that the queue works");
            Assert.Equal((outage, outage), (rig.Logs.Count(QueueFailed), rig.Logs.Count(QueueWorks)));
        }
    }

    [Fact]
    public void Fails_AttemptFromBeforeTheRecovery_IsNoNewOutage()
    {
        var old = _outage.Begin();
        _outage.Fails(_outage.Begin(), "away", default);
        _outage.Works(_outage.Begin());

        _outage.Fails(old, "away", default);

        Assert.Equal((1, 1), (_logs.Count(QueueFailed), _logs.Count(QueueWorks)));
    }

    [Fact]
    public void Works_AttemptFromBeforeTheOutage_IsNoRecovery()
    {
        var old = _outage.Begin();
        _outage.Fails(_outage.Begin(), "away", default);

        _outage.Works(old);

        Assert.Equal((1, 0), (_logs.Count(QueueFailed), _logs.Count(QueueWorks)));
    }

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Works_WithoutAnOutage_SaysNothing()
    {
        _outage.Works(_outage.Begin());

        Assert.Equal(0, _logs.Count(QueueWorks));
    }
}
