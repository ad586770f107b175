using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using DStream.StandIns.ServiceBus.Broker;

namespace DStream.StandIns.ServiceBus.Tests.Administration;

public sealed class AdministrationTests : IAsyncLifetime
{
    private static readonly XNamespace Service = "http://schemas.microsoft.com/netservices/2010/10/servicebus/connect";
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    private ServiceBusStandIn _standIn = null!;
    private HttpClient _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _standIn = await ServiceBusStandIn.StartAsync(null, CancellationToken.None);
        _http = new HttpClient { BaseAddress = _standIn.AdministrationEndpoint };
        _http.DefaultRequestHeaders.Authorization = Signature(_standIn.SharedAccessKey);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _standIn.DisposeAsync();
    }

    [Fact]
    public async Task Put_Queue_CreatesItWithItsOptions()
    {
        var (status, body) = await PutAsync("ingest", Queue(
            ("LockDuration", "PT2M"), ("RequiresDuplicateDetection", "true"), ("RequiresSession", "true"),
            ("DuplicateDetectionHistoryTimeWindow", "PT30M"), ("MaxDeliveryCount", "5")));

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal("PT2M", body.Descendants(Service + "LockDuration").Single().Value);
        var options = _standIn.Broker.FindQueue("ingest")!.Options;
        Assert.True(options is { RequiresSession: true, RequiresDuplicateDetection: true, MaxDeliveryCount: 5 });
        Assert.Equal(TimeSpan.FromMinutes(30), options.DuplicateDetectionWindow);
    }

    [Fact]
    public async Task Put_ExistingQueue_Is409WithTheErrorOfTheService()
    {
        _standIn.Broker.CreateQueue("q");

        var (status, body) = await PutAsync("q", Queue());

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal("409", body.Element("Code")!.Value);
        Assert.StartsWith("SubCode=40900.", body.Element("Detail")!.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_ElementsOutOfOrder_Is400AndSaysWhich()
    {
        var (status, body) = await PutAsync("q", Queue(("RequiresSession", "true"), ("LockDuration", "PT1M")));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("'LockDuration' must stand before 'RequiresSession'", body.Element("Detail")!.Value, StringComparison.Ordinal);
        Assert.Null(_standIn.Broker.FindQueue("q"));
    }

    [Fact]
    public async Task Put_WhatIsNotSimulated_Is501()
    {
        Assert.Equal(HttpStatusCode.NotImplemented, (await PutAsync("q", Queue(("ForwardTo", "other")))).Status);
        Assert.Equal(HttpStatusCode.NotImplemented, (await PutAsync("q", Queue(("EnablePartitioning", "true")))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<entry")]
    [InlineData("<entry xmlns='http://www.w3.org/2005/Atom'><content/></entry>")]
    public async Task Put_NoDescription_Is400(string body)
    {
        using var answer = await _http.PutAsync(new Uri("q?api-version=2021-05", UriKind.Relative), new StringContent(body), Token);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Put_TopicThenSubscription_CreatesBoth()
    {
        var orphan = await PutAsync("t/Subscriptions/sub1", Description("SubscriptionDescription"));
        var topic = await PutAsync("t", Description("TopicDescription", ("RequiresDuplicateDetection", "true")));
        var subscription = await PutAsync("t/Subscriptions/sub1", Description("SubscriptionDescription", ("MaxDeliveryCount", "3")));

        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.Created, HttpStatusCode.Created), (orphan.Status, topic.Status, subscription.Status));
        Assert.Equal(3, _standIn.Broker.FindSource("t/Subscriptions/sub1")!.Options.MaxDeliveryCount);
    }

    [Fact]
    public async Task Delete_Queue_ThenGet_Is404()
    {
        _standIn.Broker.CreateQueue("q");

        using var deleted = await _http.DeleteAsync(new Uri("q?api-version=2021-05", UriKind.Relative), Token);
        using var found = await _http.GetAsync(new Uri("q?api-version=2021-05", UriKind.Relative), Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (deleted.StatusCode, found.StatusCode));
    }

    [Fact]
    public async Task List_MoreThanAsked_GivesPages()
    {
        for (var i = 0; i < 5; i++) _standIn.Broker.CreateQueue($"q{i}");
        var names = new List<string>();

        for (var next = "$Resources/queues?api-version=2021-05&$top=2"; next is not null;)
        {
            var feed = XElement.Parse(await _http.GetStringAsync(new Uri(next, UriKind.RelativeOrAbsolute), Token));
            names.AddRange(feed.Elements(Atom + "entry").Select(static entry => entry.Element(Atom + "title")!.Value));
            next = feed.Elements(Atom + "link").SingleOrDefault(static link => link.Attribute("rel")!.Value == "next")?.Attribute("href")!.Value;
        }

        Assert.Equal(["q0", "q1", "q2", "q3", "q4"], names);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Get_WithoutAGoodToken_Is401(string? key)
    {
        _standIn.Broker.CreateQueue("q");
        using var http = new HttpClient { BaseAddress = _standIn.AdministrationEndpoint };
        if (key is not null) http.DefaultRequestHeaders.Authorization = Signature(key);

        using var answer = await http.GetAsync(new Uri("q?api-version=2021-05", UriKind.Relative), Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain(_standIn.SharedAccessKey, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Queue_CountsItsMessages()
    {
        var queue = _standIn.Broker.CreateQueue("q");
        queue.Send([new BrokerMessage { Bare = default }, new BrokerMessage { Bare = default }]);

        var entry = XElement.Parse(await _http.GetStringAsync(new Uri("q?api-version=2021-05", UriKind.Relative), Token));

        Assert.Equal("2", entry.Descendants().Single(static e => e.Name.LocalName == "ActiveMessageCount").Value);
    }

    [Fact]
    public async Task Put_IfMatch_UpdatesOnlyWhatIsAsTheClientSawIt()
    {
        await PutAsync("q", Queue());
        using var before = await _http.GetAsync(new Uri("q", UriKind.Relative), Token);

        var (missing, _) = await PutAsync("other", Queue(), "*");
        var (stale, _) = await PutAsync("q", Queue(("MaxDeliveryCount", "3")), "\"1\"");
        var (fresh, _) = await PutAsync("q", Queue(("MaxDeliveryCount", "4")), before.Headers.ETag!.Tag);
        var (any, _) = await PutAsync("q", Queue(("MaxDeliveryCount", "5")), "*");

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.PreconditionFailed), (missing, stale));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (fresh, any));
        Assert.Equal(5, _standIn.Broker.FindQueue("q")!.Options.MaxDeliveryCount);
    }

    [Fact]
    public async Task Create_MoreEntitiesThanTheEmulatorAllows_IsRefused()
    {
        await using var small = await ServiceBusStandIn.StartAsync(
            new ServiceBusStandInOptions { Limits = ServiceBusLimits.Emulator with { Entities = 1 } }, Token);
        small.Broker.CreateQueue("q");

        var refused = Assert.Throws<BrokerException>(() => small.Broker.CreateTopic("t"));

        Assert.Equal(BrokerError.QuotaExceeded, refused.Error);
        Assert.Equal(100, small.Broker.FindQueue("q")!.Options.MaxSizeInMegabytes);
    }

    [Fact]
    public async Task Resume_AfterSuspend_AnswersOnTheSamePort()
    {
        _standIn.Suspend(abruptly: true);
        await Assert.ThrowsAsync<HttpRequestException>(() => PutAsync("q", Queue()));
        _standIn.Resume();

        Assert.Equal(HttpStatusCode.Created, (await PutAsync("q", Queue())).Status);
    }

    private static XElement Queue(params (string Name, string Value)[] elements) => Description("QueueDescription", elements);

    private static XElement Description(string name, params (string Name, string Value)[] elements) =>
        new(Atom + "entry", new XElement(Atom + "content", new XAttribute("type", "application/xml"),
            new XElement(Service + name, elements.Select(static e => new XElement(Service + e.Name, e.Value)))));

    private async Task<(HttpStatusCode Status, XElement Body)> PutAsync(string path, XElement entry, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path + "?api-version=2021-05") { Content = new StringContent(entry.ToString()) };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var answer = await _http.SendAsync(request, Token);
        return (answer.StatusCode, XElement.Parse(await answer.Content.ReadAsStringAsync(Token)));
    }

    private AuthenticationHeaderValue Signature(string key)
    {
        var resource = WebUtility.UrlEncode(_standIn.AdministrationEndpoint.ToString());
        var expiry = TimeProvider.System.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds();
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        return new AuthenticationHeaderValue("SharedAccessSignature",
            $"sr={resource}&sig={WebUtility.UrlEncode(Convert.ToBase64String(signature))}&se={expiry}&skn={_standIn.SharedAccessKeyName}");
    }
}
