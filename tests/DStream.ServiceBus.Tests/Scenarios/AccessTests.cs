using DStream.Core;
using DStream.ServiceBus.Tests.Sending;
using DStream.ServiceBus.Tests.Wire;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.ServiceBus.Tests.Scenarios;

/// <summary>Keys with fewer rights, and entities that are closed.</summary>
public sealed class AccessTests
{
    private const string Key = "a2V5";

    [Theory]
    [InlineData(AccessRights.Send)]
    [InlineData(AccessRights.Listen)]
    [Scenario("lets a key do what it may, and nothing else")]
    public async Task Open_KeyWithOneRight_OpensWhatItMay(AccessRights rights)
    {
        await using var bench = await Bench.StartAsync(standIn: new() { AccessRules = [new AccessRule("few", Key, rights)] });
        await bench.SendAsync(Bench.Queue, Samples.Message(1));
        await using var client = bench.ConnectAs("few", Key);

        var sending = await Record.ExceptionAsync(() => SendAsync(client, Bench.Queue));
        var receiving = await Record.ExceptionAsync(() => AcceptAsync(client));

        Assert.Null(rights == AccessRights.Send ? sending : receiving);
        AssertNoRight(rights == AccessRights.Send ? receiving : sending);
    }

    [Fact]
    [Scenario("keeps authorization rules, whose keys open their entity alone")]
    public async Task OpenSenderAsync_KeyOfOneEntity_OpensThatAlone()
    {
        await using var bench = await Bench.StartAsync();
        bench.Broker.Broker.CreateQueue("own", new QueueOptions { AccessRules = [new EntityAccessRule("own-key", AccessRights.Send, Key, Key)] });
        await using var client = bench.ConnectAs("own-key", Key);

        await SendAsync(client, "own");

        Assert.Equal(1, bench.Find("own").Counts.Active);
        Assert.False(Assert.IsType<ProviderException>(await Record.ExceptionAsync(() => SendAsync(client, Bench.Queue)), exactMatch: false).IsTransient);
    }

    [Fact]
    [Scenario("disables a queue for either way, and enables it again")]
    [Scenario("refuses sends to a disabled queue")]
    public async Task Open_DisabledQueue_FailsForGoodUntilItIsEnabled()
    {
        await using var bench = await Bench.StartAsync();
        var active = bench.Find(Bench.Queue).Options;

        bench.Broker.Broker.UpdateQueue(Bench.Queue, active with { Status = EntityStatus.SendDisabled });
        var sending = await Assert.ThrowsAnyAsync<ProviderException>(() => bench.SendAsync(Bench.Queue, Samples.Message(1)));
        bench.Broker.Broker.UpdateQueue(Bench.Queue, active with { Status = EntityStatus.ReceiveDisabled });
        await bench.SendAsync(Bench.Queue, Samples.Message(1));
        var receiving = await Assert.ThrowsAnyAsync<ProviderException>(() => bench.AcceptAsync());
        bench.Broker.Broker.UpdateQueue(Bench.Queue, active);
        await using var receiver = await bench.AcceptAsync();

        Assert.All([sending, receiving], static failure => Assert.Contains("the entity is disabled", failure.Message, StringComparison.Ordinal));
        Assert.False(sending.IsTransient || receiving.IsTransient);
        Assert.Single(await Bench.DrainAsync(receiver, 1));
    }

    [Fact]
    [Scenario("names a token that is refused and an entity that seems missing, once each")]
    public async Task OpenSenderAsync_RefusedOnce_FailsOnceAndSucceedsThen()
    {
        await using var bench = await Bench.StartAsync();
        bench.Broker.Faults.EntityNotFound(Bench.Queue);
        bench.Broker.Faults.RefuseToken();

        var refused = await Assert.ThrowsAnyAsync<ProviderException>(() => SendAsync(bench.Namespace, Bench.Queue));
        var missing = await Assert.ThrowsAnyAsync<ProviderException>(() => SendAsync(bench.Namespace, Bench.Queue));
        await SendAsync(bench.Namespace, Bench.Queue);

        Assert.Contains("key's name and value", refused.Message, StringComparison.Ordinal);
        Assert.Contains("the entity does not exist", missing.Message, StringComparison.Ordinal);
        Assert.Equal(1, bench.Find(Bench.Queue).Counts.Active);
    }

    private static void AssertNoRight(Exception? failure)
    {
        var refusal = Assert.IsType<ProviderException>(failure, exactMatch: false);
        Assert.False(refusal.IsTransient);
        Assert.Contains("do not give the right to", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task SendAsync(ServiceBusNamespace client, string entity)
    {
        await using var sender = await client.OpenSenderAsync(entity, Bench.Token);
        await sender.SendAsync(Samples.Messages(1, 1), Bench.Token);
    }

    private static async Task AcceptAsync(ServiceBusNamespace client)
    {
        await using var receiver = await client.AcceptSessionAsync(Bench.Queue, TimeSpan.FromSeconds(20), Bench.Token);
        Assert.NotNull(receiver);
    }
}
