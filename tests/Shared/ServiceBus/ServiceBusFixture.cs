using DStream.StandIns.ServiceBus;

namespace DStream.Tests.Shared;

/// <summary>
/// The Service Bus of a test program: the namespace that the environment names, else the official emulator in a container where an engine answers,
/// else a stand-in for each test. Nothing is started before a test asks.
/// </summary>
public sealed class ServiceBusFixture : IAsyncDisposable
{
    /// <summary>Names a namespace; its key needs the right Manage. What the tests create there they remove.</summary>
    public const string Variable = "DSTREAM_TEST_SERVICEBUS";

    private readonly ServerChoice _choice = new(TestServer.ServiceBus, Variable, "emulator (container)", ServiceBusEmulator.StartAsync);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>A namespace for the running test. An emulator has one test at a time.</summary>
    public static async Task<TestServiceBus> OpenAsync(CancellationToken cancellationToken)
    {
        var fixture = await TestContext.Current.GetFixture<ServiceBusFixture>()
            ?? throw new InvalidOperationException($"The assembly of this test lacks [assembly: AssemblyFixture(typeof({nameof(ServiceBusFixture)}))].");
        if (await fixture._choice.ConnectionStringAsync(cancellationToken) is not { } real)
        {
            var standIn = await ServiceBusStandIn.StartAsync(null, cancellationToken);
            return new TestServiceBus(standIn.ConnectionString, standIn, turn: null);
        }

        TestServer.SkipIfStandInIsNeeded(TestServer.ServiceBus);
        if (!TestServiceBus.IsEmulator(real)) return new TestServiceBus(real, null, turn: null);

        // It has ten connections and fifty entities for all (https://learn.microsoft.com/azure/service-bus-messaging/overview-emulator#usage-quotas).
        await fixture._turn.WaitAsync(cancellationToken);
        return new TestServiceBus(real, null, fixture._turn);
    }

    public async ValueTask DisposeAsync()
    {
        await _choice.DisposeAsync();
        _turn.Dispose();
    }
}
