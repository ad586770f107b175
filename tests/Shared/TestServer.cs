namespace DStream.Tests.Shared;

/// <summary>The servers that tests run on, by the names that the reports use.</summary>
public static class TestServer
{
    public const string SqlServer = "SQL Server";

    public const string ServiceBus = "Service Bus";

    public const string Blobs = "blobs";

    public const string RabbitMq = "RabbitMQ";

    /// <summary>What a stand-in of this repository calls itself.</summary>
    public const string StandIn = "stand-in";

    /// <summary>The value of the variable; null where it is not set or empty.</summary>
    public static string? Named(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    /// <summary>Skips the running test where it says that it needs a stand-in of this server, and this server is none.</summary>
    public static void SkipIfStandInIsNeeded(string server)
    {
        if (TestContext.Current.Test is { } test && test.Traits.TryGetValue(NeedsStandInAttribute.Trait, out var needed) && needed.Contains(server))
            Assert.Skip($"This needs faults that only the stand-in of {server} has, and the tests run on a real one.");
    }
}
