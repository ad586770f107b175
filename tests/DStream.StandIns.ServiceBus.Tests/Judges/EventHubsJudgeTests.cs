using DStream.Tests.Shared;

namespace DStream.StandIns.ServiceBus.Tests.Judges;

/// <summary>Runs the scenarios of tests/judges/event-hubs: the official JavaScript SDK of Event Hubs, unmodified, against a stand-in.</summary>
public sealed class EventHubsJudgeTests
{
    private const int Scenarios = 29;

    [Fact]
    public async Task Scenarios_OfTheOfficialSdk_AllPass()
    {
        var judge = new NodeJudge("event-hubs", "@azure/event-hubs");
        judge.SkipUnlessInstalled();
        await using var standIn = await ServiceBusStandIn.StartAsync(null, TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string> { ["DSTREAM_JUDGE_CONNECTION_STRING"] = standIn.ConnectionString };

        await judge.AssertAllPassAsync(Scenarios, environment, TestContext.Current.CancellationToken);
    }
}
