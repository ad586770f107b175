using DStream.Tests.Shared;

namespace DStream.StandIns.ServiceBus.Tests.Judges;

/// <summary>Runs the scenarios of tests/judges/service-bus: the official JavaScript SDK, unmodified, against a stand-in.</summary>
public sealed class JavaScriptJudgeTests
{
    private const int Scenarios = 112;

    [Fact]
    public async Task Scenarios_OfTheOfficialSdk_AllPass()
    {
        var judge = new NodeJudge("service-bus", "@azure/service-bus");
        judge.SkipUnlessInstalled();
        await using var standIn = await ServiceBusStandIn.StartAsync(null, TestContext.Current.CancellationToken);
        await using var control = new JudgeControl(standIn);
        var environment = new Dictionary<string, string>
        {
            ["DSTREAM_JUDGE_CONNECTION_STRING"] = standIn.ConnectionString, ["DSTREAM_JUDGE_CONTROL"] = control.Address,
        };

        await judge.AssertAllPassAsync(Scenarios, environment, TestContext.Current.CancellationToken);
    }
}
