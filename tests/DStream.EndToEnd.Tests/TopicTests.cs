using DStream.Hosting;

namespace DStream.EndToEnd.Tests;

/// <summary>Topics that are not DStream's to create.</summary>
public sealed class TopicTests : EndToEndTest
{
    [Fact]
    public async Task Topic_MissingAndNotOurs_TheOtherFlowsAndItDoesOnceItIsThere()
    {
        var notOurs = Configuration().Replace("output {", "output {\n        create = false", StringComparison.Ordinal);
        await using var pipeline = await PrepareAsync(notOurs);
        await CreateTopicAsync(Persons);
        await pipeline.Hosts.StartRouterAsync(Stop);
        await pipeline.Hosts.StartIngesterAsync(Stop);

        await CommitAsync(pipeline, [Orders], 100);
        await CommitAsync(pipeline, [Persons], 300);
        await DeliveredAsync(pipeline, 300);
        Assert.True(Log.Has("Error A topic cannot be opened", Topic(Orders), "az servicebus topic create"));
        Assert.Empty(pipeline.Delivered.Of(Orders.Name));
        await CreateTopicAsync(Orders);

        await AssertCleanAsync(pipeline);
        Assert.Equal(TableState.Running, Status(pipeline, Orders)!.State);
    }
}
