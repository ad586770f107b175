namespace DStream.ServiceBus.Tests.Scenarios;

/// <summary>Scenarios of tests/judges/service-bus that DStream's transport has no counterpart of, by the reason.</summary>
internal static class BeyondTheTransport
{
    private static readonly Dictionary<string, string[]> TitlesByReason = new()
    {
        ["DStream schedules no messages: a change is sent when it was read."] =
        [
            "schedules and cancels", "schedules and cancels on a topic", "refuses to cancel what is not scheduled",
            "gives a scheduled message at its time by the clock",
        ],
        ["DStream peeks at no messages: whoever looks for lost ones takes the portal or an SDK."] =
        [
            "peeks without locking", "peeks from a number, and at dead letters", "peeks one session alone",
            "shows scheduled and deferred messages in a peek",
        ],
        ["DStream defers no messages: what cannot be forwarded is abandoned or dead-lettered."] =
        [
            "defers, and gives deferred messages by number", "defers in a subscription, and gives by number",
            "settles deferred messages every way, over the management link",
        ],
        ["DStream keeps no state in sessions: its checkpoints lie in the checkpoint store."] =
        [
            "keeps a state, and forgets it on demand", "keeps a session's state over receivers, and clears it",
        ],
        ["DStream renews the locks of sessions, never of single messages: the queue that it works from has sessions."] =
        [
            "renews a message's lock", "keeps a message whose lock is renewed",
        ],
        ["DStream takes whichever session is next, none by its name."] = ["gives a named session its messages, in order"],
        ["DStream settles what it has forwarded: nothing is deleted on delivery or completed without being asked."] =
        [
            "receives and deletes", "subscribes: streams to a handler and completes by itself",
        ],
        ["DStream holds one connection to a namespace, so that it never meets the limit."] = ["lets in as many connections as the emulator does"],
        ["DStream uses no transactions: duplicate detection makes a repeated send safe."] = ["refuses transactions with a text"],
        ["DStream manages no rules: whoever subscribes sets them."] =
        [
            "creates, reads, changes, lists and deletes rules over the administration", "manages rules over the link",
            "refuses a bad filter and a bad action with a text", "selects everything by the first rule, until it is deleted",
        ],
        ["DStream's administration makes sure that entities exist; it reads no figures, and changes, lists and deletes nothing."] =
        [
            "pages through queues", "tells the namespace's properties", "tells a queue's counts, size and times",
            "tells a topic's and a subscription's counts", "updates a topic and a subscription", "deletes a topic with its subscriptions",
            "updates what may change, and nothing else", "counts messages where they are", "lists topics and subscriptions",
            "refuses what exists, and what does not",
        ],
        ["DStream creates entities with options of its own, none of which is out of bounds or forwards."] =
        [
            "refuses forwarding with a text", "refuses options out of bounds",
        ],
    };

    public static IReadOnlyList<string> Titles { get; } = [.. TitlesByReason.SelectMany(static pair => pair.Value)];
}
