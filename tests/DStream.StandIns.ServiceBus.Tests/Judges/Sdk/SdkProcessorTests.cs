using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using DStream.StandIns.ServiceBus.Broker;
using static DStream.StandIns.ServiceBus.Tests.Judges.Sdk.SdkJudge;

namespace DStream.StandIns.ServiceBus.Tests.Judges.Sdk;

public sealed class SdkProcessorTests(SdkJudge judge) : IClassFixture<SdkJudge>
{
    [Fact]
    public async Task Processor_Messages_AreHandledAndCompleted()
    {
        var queue = judge.NewQueue();
        await judge.SendAsync(queue, Messages(50));
        var handled = new ConcurrentBag<string>();
        await using var processor = judge.Client.CreateProcessor(queue, new ServiceBusProcessorOptions { MaxConcurrentCalls = 4 });

        await RunAsync(processor, args => Keep(handled, args.Message.MessageId), _ => { }, () => judge.Find(queue).Counts.Total == 0);

        Assert.Equal(50, handled.Distinct().Count());
    }

    [Fact]
    public async Task Processor_HandlerFails_AbandonsAndTellsTheError()
    {
        var queue = judge.NewQueue(new QueueOptions { MaxDeliveryCount = 3 });
        await judge.SendAsync(queue, Message(1));
        var errors = new ConcurrentBag<ProcessErrorEventArgs>();
        var deliveries = new ConcurrentBag<string>();
        await using var processor = judge.Client.CreateProcessor(queue);

        await RunAsync(processor, args =>
        {
            deliveries.Add($"{args.Message.DeliveryCount}");
            throw new InvalidDataException("no good");
        }, errors.Add, () => judge.Find(queue).DeadLetter!.Counts.Active == 1);

        Assert.Equal(["1", "2", "3"], deliveries.Order());
        Assert.All(errors, error => Assert.Equal((ServiceBusErrorSource.ProcessMessageCallback, queue), (error.ErrorSource, error.EntityPath)));
    }

    [Fact]
    public async Task Processor_WithoutAutoComplete_SettlesAsTheHandlerSays()
    {
        var queue = judge.NewQueue();
        await judge.SendAsync(queue, Messages(10));
        await using var processor = judge.Client.CreateProcessor(queue, new ServiceBusProcessorOptions { AutoCompleteMessages = false, PrefetchCount = 5 });

        await RunAsync(processor, async args =>
        {
            if (args.Message.MessageId == "id-3") await args.DeadLetterMessageAsync(args.Message, "r", "d", args.CancellationToken);
            else await args.CompleteMessageAsync(args.Message, args.CancellationToken);
        }, _ => { }, () => judge.Find(queue).Counts.Total == 0 && judge.Find(queue).DeadLetter!.Counts.Active == 1);

        Assert.Equal(1, judge.Find(queue).DeadLetter!.Counts.Active);
    }

    [Fact]
    public async Task Processor_ConnectionBreaks_GoesOn()
    {
        await using var standIn = await ServiceBusStandIn.StartAsync(null, Stop);
        var queue = standIn.Broker.CreateQueue("q");
        await using var client = Connect(standIn.ConnectionString, new ServiceBusClientOptions { RetryOptions = new() { Delay = TimeSpan.FromMilliseconds(10), MaxDelay = TimeSpan.FromMilliseconds(50) } });
        await using var sender = client.CreateSender("q");
        var handled = new ConcurrentBag<string>();
        await using var processor = client.CreateProcessor("q");
        await sender.SendMessageAsync(Message(1), Stop);
        var dropped = false;

        await RunAsync(processor, async args =>
        {
            handled.Add(args.Message.MessageId);
            if (dropped) return;
            dropped = true;
            standIn.Faults.DropConnections();
            await sender.SendMessageAsync(Message(2), args.CancellationToken);
        }, _ => { }, () => handled.Contains("id-2") && queue.Counts.Total == 0);

        Assert.Contains("id-1", handled);
    }

    [Fact]
    public async Task SessionProcessor_Sessions_AreHandledAtOnceAndEachInOrder()
    {
        var queue = judge.NewQueue(new QueueOptions { RequiresSession = true });
        string[] sessions = ["a", "b", "c"];
        foreach (var session in sessions) await judge.SendAsync(queue, Messages(20, session));
        var handled = new ConcurrentDictionary<string, ConcurrentQueue<string>>();
        var opened = new ConcurrentBag<string>();
        await using var processor = judge.Client.CreateSessionProcessor(queue, new ServiceBusSessionProcessorOptions
        {
            MaxConcurrentSessions = 3, SessionIdleTimeout = TimeSpan.FromSeconds(1),
        });
        processor.SessionInitializingAsync += args => Keep(opened, args.SessionId);
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        processor.ProcessMessageAsync += args =>
        {
            handled.GetOrAdd(args.SessionId, _ => []).Enqueue(args.Message.MessageId);
            return Task.CompletedTask;
        };

        await processor.StartProcessingAsync(Stop);
        await UntilAsync(() => judge.Find(queue).Counts.Total == 0);
        await processor.StopProcessingAsync(Stop);

        Assert.Equal(sessions, opened.Distinct().Order());
        Assert.All(sessions, session => Assert.Equal(Messages(20).Select(message => message.MessageId), handled[session]));
    }

    [Fact]
    public async Task SessionProcessor_State_IsKeptBetweenHandlers()
    {
        var queue = judge.NewQueue(new QueueOptions { RequiresSession = true });
        await judge.SendAsync(queue, Messages(5, "a"));
        var last = "";
        await using var processor = judge.Client.CreateSessionProcessor(queue);
        processor.ProcessErrorAsync += _ => Task.CompletedTask;
        processor.ProcessMessageAsync += async args =>
        {
            var before = (await args.GetSessionStateAsync(args.CancellationToken))?.ToString() ?? "";
            await args.SetSessionStateAsync(BinaryData.FromString(before + args.Message.MessageId[^1]), args.CancellationToken);
            last = (await args.GetSessionStateAsync(args.CancellationToken)).ToString();
        };

        await processor.StartProcessingAsync(Stop);
        await UntilAsync(() => judge.Find(queue).Counts.Total == 0);
        await processor.StopProcessingAsync(Stop);

        Assert.Equal("01234", last);
    }

    private static Task Keep(ConcurrentBag<string> into, string what)
    {
        into.Add(what);
        return Task.CompletedTask;
    }

    private static async Task RunAsync(
        ServiceBusProcessor processor, Func<ProcessMessageEventArgs, Task> onMessage, Action<ProcessErrorEventArgs> onError, Func<bool> isDone)
    {
        processor.ProcessMessageAsync += onMessage;
        processor.ProcessErrorAsync += args =>
        {
            onError(args);
            return Task.CompletedTask;
        };
        await processor.StartProcessingAsync(Stop);
        await UntilAsync(isDone);
        await processor.StopProcessingAsync(Stop);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!condition()) await tick.WaitForNextTickAsync(Stop);
    }
}
