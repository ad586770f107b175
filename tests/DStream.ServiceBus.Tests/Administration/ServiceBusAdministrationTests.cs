using System.Xml.Linq;
using DStream.Core;
using DStream.ServiceBus.Administration;
using DStream.ServiceBus.Tests.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace DStream.ServiceBus.Tests.Administration;

public sealed class ServiceBusAdministrationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EnsureQueueAsync_Missing_PutsAnEntryWithItsElementsInTheServicesOrder()
    {
        await using var http = new ScriptedHttp(_ => (201, ""));
        using var administration = Administration(http.Options);

        await administration.EnsureQueueAsync("ingest-queue", Token);

        var request = Assert.Single(http.Requests);
        Assert.Equal(("PUT", "/ingest-queue?api-version=2021-05"), (request.Method, request.Url));
        Assert.StartsWith("SharedAccessSignature sr=http%3A%2F%2F127.0.0.1%2Fingest-queue&sig=", request.Authorization, StringComparison.Ordinal);
        Assert.StartsWith("application/atom+xml;", request.ContentType, StringComparison.Ordinal);
        Assert.Equal(
            ["LockDuration=PT1M", "RequiresDuplicateDetection=true", "RequiresSession=true", "DuplicateDetectionHistoryTimeWindow=PT10M", "MaxDeliveryCount=10", "EnableBatchedOperations=true"],
            Elements(request.Body, "QueueDescription"));
    }

    [Theory]
    [InlineData(false, "2000")]
    [InlineData(true, "10")]
    public void Queue_OfServiceOrEmulator_AllowsTheMostDeliveries(bool isEmulator, string deliveries) =>
        Assert.Contains("MaxDeliveryCount=" + deliveries, Elements(EntityDescription.Queue(isEmulator), "QueueDescription"));

    [Fact]
    public async Task EnsureTopicAsync_Missing_PutsTopicThenSubscription()
    {
        await using var http = new ScriptedHttp(_ => (201, ""));
        using var administration = Administration(http.Options);

        await administration.EnsureTopicAsync("server.testdb.persons.events", "sub1", Token);

        Assert.Equal(
            ["/server.testdb.persons.events?api-version=2021-05", "/server.testdb.persons.events/Subscriptions/sub1?api-version=2021-05"],
            http.Requests.Select(request => request.Url));
        Assert.Equal(
            ["RequiresDuplicateDetection=true", "DuplicateDetectionHistoryTimeWindow=PT10M", "EnableBatchedOperations=true"],
            Elements(http.Requests[0].Body, "TopicDescription"));
        Assert.Equal(
            ["LockDuration=PT1M", "RequiresSession=false", "MaxDeliveryCount=10", "EnableBatchedOperations=true"],
            Elements(http.Requests[1].Body, "SubscriptionDescription"));
    }

    [Theory]
    [InlineData("true", "true", null)]
    [InlineData("false", "true", "without sessions")]
    [InlineData("true", "false", "without duplicate detection")]
    public async Task EnsureQueueAsync_Exists_IsTakenOnlyIfItCanServe(string sessions, string duplicates, string? refusal)
    {
        await using var http = new ScriptedHttp(request => request.Method == "PUT" ? (409, "") : (200, Entry(
            "QueueDescription", $"<RequiresDuplicateDetection>{duplicates}</RequiresDuplicateDetection><RequiresSession>{sessions}</RequiresSession>")));
        using var administration = Administration(http.Options);

        var failure = await Record.ExceptionAsync(async () => await administration.EnsureQueueAsync("ingest-queue", Token));

        if (refusal is null)
        {
            Assert.Null(failure);
            return;
        }

        Assert.False(Assert.IsType<ProviderException>(failure).IsTransient);
        Assert.Contains($"Queue 'ingest-queue' exists {refusal}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("az servicebus queue create --name ingest-queue", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EnsureTopicAsync_ExistsWithoutDuplicateDetection_WarnsAndGoesOn()
    {
        await using var http = new ScriptedHttp(request => request.Method == "PUT" ? (409, "") : (200, Entry("TopicDescription", "<EnableBatchedOperations>true</EnableBatchedOperations>")));
        using var logs = new RecordingLogs();
        using var administration = Administration(http.Options, logs);

        await administration.EnsureTopicAsync("t.events", "sub1", Token);

        Assert.Equal(1, logs.Count(4007, "t.events"));
    }

    [Theory]
    [InlineData(401, false, "Manage rights")]
    [InlineData(403, false, "create = false")]
    [InlineData(400, false, "status 400")]
    [InlineData(429, true, "status 429")]
    [InlineData(500, true, "status 500")]
    [InlineData(503, true, "status 503")]
    public async Task EnsureQueueAsync_Refused_SaysWhetherItMayPass(int status, bool transient, string text)
    {
        await using var http = new ScriptedHttp(_ => (status, "<Error><Code>1</Code><Detail>what the service says</Detail></Error>"));
        using var administration = Administration(http.Options);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await administration.EnsureQueueAsync("q", Token));

        Assert.Equal(transient, failure.IsTransient);
        Assert.Contains(text, failure.Message, StringComparison.Ordinal);
        Assert.Contains("what the service says", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "")]
    [InlineData(200, "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Publicly Listed Services</title></feed>")]
    [InlineData(200, "not XML")]
    public async Task EnsureQueueAsync_ConflictOverAMissingEntity_IsTransient(int status, string body)
    {
        await using var http = new ScriptedHttp(request => request.Method == "PUT" ? (409, "") : (status, body));
        using var administration = Administration(http.Options);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await administration.EnsureQueueAsync("q", Token));

        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task EnsureQueueAsync_NobodyListens_IsTransient()
    {
        var http = new ScriptedHttp(_ => (201, ""));
        await http.DisposeAsync();
        using var administration = Administration(http.Options);

        var failure = await Assert.ThrowsAsync<ProviderException>(async () => await administration.EnsureQueueAsync("q", Token));

        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task EnsureQueueAsync_NoAnswer_TimesOutAsTransient()
    {
        using var asked = new SemaphoreSlim(0);
        using var answer = new SemaphoreSlim(0);
        await using var http = new ScriptedHttp(_ =>
        {
            asked.Release();
            answer.Wait();
            return (201, "");
        });
        var time = new FakeTimeProvider();
        using var administration = new ServiceBusAdministration(http.Options, time, new Logger<ServiceBusAdministration>(new RecordingLogs()));

        var ensuring = administration.EnsureQueueAsync("q", Token).AsTask();
        await asked.WaitAsync(Token);
        time.Advance(http.Options.OperationTimeout);
        var failure = await Assert.ThrowsAsync<ProviderException>(() => ensuring);
        answer.Release();

        Assert.True(failure.IsTransient);
    }

    private static ServiceBusAdministration Administration(ServiceBusOptions options, RecordingLogs? logs = null) =>
        new(options, TimeProvider.System, new Logger<ServiceBusAdministration>(logs ?? new RecordingLogs()));

    private static string Entry(string kind, string elements) =>
        $"<entry xmlns=\"http://www.w3.org/2005/Atom\"><content type=\"application/xml\"><{kind} xmlns=\"http://schemas.microsoft.com/netservices/2010/10/servicebus/connect\">"
        + $"{elements}</{kind}></content></entry>";

    private static IEnumerable<string> Elements(string entry, string kind) =>
        XDocument.Parse(entry).Descendants().Single(element => element.Name.LocalName == kind).Elements().Select(element => $"{element.Name.LocalName}={element.Value}");
}
