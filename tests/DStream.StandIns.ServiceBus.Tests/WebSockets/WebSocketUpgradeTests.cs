using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;

namespace DStream.StandIns.ServiceBus.Tests.WebSockets;

public sealed class WebSocketUpgradeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("AMQPWSB10")]
    [InlineData("amqp")]
    public async Task Upgrade_KnownProtocol_SpeaksAmqpBehindIt(string protocol)
    {
        await using var standIn = await ServiceBusStandIn.StartAsync(null, Token);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        socket.Options.AddSubProtocol(protocol);

        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{standIn.WebSocketPort}/$servicebus/websocket/"), Token);
        await socket.SendAsync("AMQP\x03\x01\x00\x00"u8.ToArray(), WebSocketMessageType.Binary, true, Token);
        var answer = new byte[8];
        var received = await socket.ReceiveAsync(answer, Token);

        Assert.Equal(protocol, socket.SubProtocol);
        Assert.Equal("AMQP\x03\x01\x00\x00"u8.ToArray(), answer[..received.Count]);
    }

    [Theory]
    [InlineData("/", "websocket", "13", "AMQPWSB10", HttpStatusCode.NotFound)]
    [InlineData("/$servicebus/websocket", null, "13", "AMQPWSB10", HttpStatusCode.UpgradeRequired)]
    [InlineData("/$servicebus/websocket", "websocket", "8", "AMQPWSB10", HttpStatusCode.BadRequest)]
    [InlineData("/$servicebus/websocket", "websocket", "13", "mqtt", HttpStatusCode.BadRequest)]
    public async Task Upgrade_WrongRequest_IsRefused(string path, string? upgrade, string version, string protocol, HttpStatusCode expected)
    {
        await using var standIn = await ServiceBusStandIn.StartAsync(null, Token);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{standIn.WebSocketPort}{path}");
        request.Headers.Connection.Add("Upgrade");
        if (upgrade is not null) request.Headers.Upgrade.Add(new ProductHeaderValue(upgrade));
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        request.Headers.Add("Sec-WebSocket-Version", version);
        request.Headers.Add("Sec-WebSocket-Protocol", protocol);

        using var response = await http.SendAsync(request, Token);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Suspend_OpenWebSocket_EndsAndResumesOnTheSamePort()
    {
        await using var standIn = await ServiceBusStandIn.StartAsync(null, Token);
        var address = new Uri($"ws://127.0.0.1:{standIn.WebSocketPort}/$servicebus/websocket/");
        using var socket = await ConnectAsync(address);

        standIn.Suspend(abruptly: true);
        await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            while (true) await socket.ReceiveAsync(new byte[8], Token);
        });
        standIn.Resume();
        using var again = await ConnectAsync(address);

        Assert.Equal(WebSocketState.Open, again.State);
    }

    private static async Task<ClientWebSocket> ConnectAsync(Uri address)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("amqp");
        await socket.ConnectAsync(address, Token);
        return socket;
    }
}
