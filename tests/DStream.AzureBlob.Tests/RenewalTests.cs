using System.Net;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace DStream.AzureBlob.Tests;

/// <summary>The timing of renewals, on a clock that the test moves and a server that the test plays.</summary>
public sealed class RenewalTests : IDisposable
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OwnersShare = Duration - AzureBlobLease.MarginOf(Duration);

    private readonly FakeTimeProvider _time = new();
    private readonly Server _server = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task IsHeld_AcquireTookLong_CountsFromBeforeTheRequest()
    {
        _server.Acquire = () => _time.Advance(TimeSpan.FromSeconds(6));
        await using var lease = await Provider().TryAcquireAsync("a", Stop);
        _server.Renew = _ => Hang();

        _time.Advance(OwnersShare - TimeSpan.FromSeconds(6) - TimeSpan.FromTicks(1));
        Assert.True(lease!.IsHeld);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.False(lease.IsHeld);
        Assert.True(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task IsHeld_RenewalSucceeds_CountsFromBeforeThatRequest()
    {
        await using var lease = await Provider().TryAcquireAsync("a", Stop);
        _server.Renew = attempt => attempt == 1 ? Answer(HttpStatusCode.OK) : Hang();

        var start = _time.GetUtcNow();
        _time.Advance(Duration / 3);
        // The second attempt shows that the first one's answer has been taken in.
        await Waiting.UntilAsync(() => _server.Renewals == 2, () => _time.Advance(TimeSpan.FromSeconds(1)), Stop);
        var end = start + (Duration / 3) + OwnersShare;
        _time.SetUtcNow(end - TimeSpan.FromTicks(1));

        Assert.True(lease!.IsHeld);
        _time.SetUtcNow(end);
        Assert.False(lease.IsHeld);
        Assert.True(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Lost_RenewalRefused_AtOnce()
    {
        await using var lease = await Provider().TryAcquireAsync("a", Stop);
        _server.Renew = _ => Answer(HttpStatusCode.Conflict, "LeaseIdMismatchWithLeaseOperation");

        _time.Advance(Duration / 3);

        await Waiting.UntilCancelledAsync(lease!.Lost, Stop);
        Assert.False(lease.IsHeld);
        Assert.Equal(1, _server.Renewals);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.InternalServerError)]
    [InlineData(HttpStatusCode.Forbidden)]
    public async Task Lost_RenewalFailsOnce_IsTriedAgainSoon(HttpStatusCode status)
    {
        await using var lease = await Provider().TryAcquireAsync("a", Stop);
        _server.Renew = attempt => Answer(attempt == 1 ? status : HttpStatusCode.OK);

        _time.Advance(Duration / 3);
        await Waiting.UntilAsync(() => _server.Renewals >= 2, () => _time.Advance(TimeSpan.FromMilliseconds(100)), Stop);

        Assert.True(lease!.IsHeld);
        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task DisposeAsync_ServerSilent_EndsAfterItsPatience()
    {
        var lease = await Provider().TryAcquireAsync("a", Stop);
        _server.Release = Hang;

        var disposing = lease!.DisposeAsync().AsTask();

        Assert.True(lease.Lost.IsCancellationRequested);
        await Waiting.UntilAsync(() => disposing.IsCompleted, () => _time.Advance(TimeSpan.FromSeconds(1)), Stop);
        await disposing;
    }

    private AzureBlobLeaseProvider Provider()
    {
        var options = new BlobClientOptions { Transport = new HttpClientTransport(_server) };
        options.Retry.MaxRetries = 0;
        return new(new BlobContainerClient(new Uri("http://127.0.0.1/locks"), options), Duration, _time, NullLogger<AzureBlobLeaseProvider>.Instance);
    }

    private static Task<HttpResponseMessage> Hang() => new TaskCompletionSource<HttpResponseMessage>().Task;

    private static Task<HttpResponseMessage> Answer(HttpStatusCode status, string? error = null)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent([]) };
        response.Headers.ETag = new("\"1\"");
        response.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
        response.Headers.Add("x-ms-lease-id", "11111111-1111-1111-1111-111111111111");
        if (error is not null) response.Headers.Add("x-ms-error-code", error);
        return Task.FromResult(response);
    }

    private sealed class Server : HttpMessageHandler
    {
        public Action Acquire { get; set; } = static () => { };

        public Func<int, Task<HttpResponseMessage>> Renew { get; set; } = static _ => Answer(HttpStatusCode.OK);

        public Func<Task<HttpResponseMessage>> Release { get; set; } = static () => Answer(HttpStatusCode.OK);

        public int Renewals { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            switch (request.Headers.TryGetValues("x-ms-lease-action", out var action) ? action.Single() : "")
            {
                case "acquire":
                    Acquire();
                    return Answer(HttpStatusCode.Created);
                case "renew":
                    Renewals++;
                    return Renew(Renewals).WaitAsync(cancellationToken);
                case "release":
                    return Release().WaitAsync(cancellationToken);
                default:
                    return Answer(HttpStatusCode.OK);
            }
        }
    }
}
