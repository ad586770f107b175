using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using DStream.StandIns.ServiceBus.Broker;
using Microsoft.Extensions.Time.Testing;

namespace DStream.StandIns.ServiceBus.Tests.Judges;

/// <summary>
/// Listens for what scenarios cannot ask of a client: faults, clocks, and stand-ins of their own. Each request is a command in JSON, on the
/// loopback address.
/// </summary>
internal sealed class JudgeControl : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<int, (ServiceBusStandIn StandIn, FakeTimeProvider? Clock)> _own = new();
    private readonly ServiceBusStandIn _shared;
    private readonly HttpListener _listener = new();
    private readonly Task _serving;
    private int _last;

    public JudgeControl(ServiceBusStandIn shared)
    {
        _shared = shared;
        Address = $"http://127.0.0.1:{FreePort()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address { get; }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
        foreach (var number in _own.Keys) await StopAsync(number);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            var command = await JsonSerializer.DeserializeAsync<JudgeCommand>(context.Request.InputStream, Json)
                ?? throw new ArgumentException("The command is empty.");
            await WriteAsync(context.Response, 200, JsonSerializer.Serialize(await RunAsync(command), Json));
        }
        catch (Exception failed) when (failed is JsonException or ArgumentException or KeyNotFoundException or InvalidOperationException)
        {
            await WriteAsync(context.Response, 400, failed.Message);
        }
    }

    private static async Task WriteAsync(HttpListenerResponse response, int status, string text)
    {
        response.StatusCode = status;
        await using (var writer = new StreamWriter(response.OutputStream)) await writer.WriteAsync(text);
        response.Close();
    }

    private async Task<object> RunAsync(JudgeCommand command)
    {
        if (command.Do == "start") return await StartAsync(command);
        if (command.Do == "stop") return await StopAsync(command.StandIn ?? throw new ArgumentException("Nobody stops the shared stand-in."));

        var (standIn, clock) = command.StandIn is { } number ? _own[number] : (_shared, null);
        switch (command.Do)
        {
            case "advance":
                for (var i = 0; i < command.Steps; i++)
                    (clock ?? throw new ArgumentException("This stand-in has no clock that moves.")).Advance(TimeSpan.FromSeconds(command.Seconds / command.Steps));
                return new { };
            case "throttle":
                standIn.Throttle.CreditsPerSecond = command.CreditsPerSecond;
                return new { };
            case "counts":
                return new { connections = standIn.ConnectionCount, sessions = standIn.SessionCount, links = standIn.LinkCount };
            case "restart":
                standIn.Suspend(abruptly: true);
                standIn.Resume();
                return new { };
            default:
                return Fault(standIn, command);
        }
    }

    private static Dictionary<string, int> Fault(ServiceBusStandIn standIn, JudgeCommand command)
    {
        var faults = standIn.Faults;
        var condition = command.Condition ?? "amqp:link:detach-forced";
        var armed = command.Do switch
        {
            "serverBusy" => faults.ServerBusy(command.Entity, command.Times, command.Skip),
            "rejectSend" => faults.RejectSend(condition, command.Entity, command.Times, command.Skip),
            "loseAcknowledgement" => faults.LoseAcknowledgement(command.Entity, command.Times, command.Skip),
            "delaySend" => faults.DelaySend(TimeSpan.FromSeconds(command.Seconds), command.Entity, command.Times, command.Skip),
            "detachOnSend" => faults.DetachOnSend(command.Entity, condition, command.Times, command.Skip),
            "dropOnSend" => faults.DropOnSend(command.Entity, command.Times, command.Skip),
            "dropOnSettle" => faults.DropOnSettle(command.Entity, command.Times, command.Skip),
            "refuseToken" => faults.RefuseToken(command.Times, command.Skip),
            "entityNotFound" => faults.EntityNotFound(command.Entity, command.Times, command.Skip),
            _ => null,
        };
        if (armed is not null) return new Dictionary<string, int> { ["struck"] = armed.Struck };

        var count = command.Do switch
        {
            "dropConnections" => faults.DropConnections(),
            "detachLinks" => faults.DetachLinks(command.Entity, condition),
            "expireSessionLocks" => faults.ExpireSessionLocks(command.Entity),
            _ => throw new ArgumentException($"'{command.Do}' is no command."),
        };
        return new Dictionary<string, int> { ["count"] = count };
    }

    private async Task<object> StartAsync(JudgeCommand command)
    {
        var clock = command.FakeClock ? new FakeTimeProvider(TimeProvider.System.GetUtcNow()) : null;
        var limits = command.Emulator ? ServiceBusLimits.Emulator : ServiceBusLimits.Service;
        AccessRule[] rules =
        [
            .. command.ListenKey is { } listen ? [new AccessRule("listen", listen, AccessRights.Listen)] : Array.Empty<AccessRule>(),
            .. command.SendKey is { } send ? [new AccessRule("send", send, AccessRights.Send)] : Array.Empty<AccessRule>(),
        ];
        var options = new ServiceBusStandInOptions
        {
            TimeProvider = clock ?? TimeProvider.System, CloseIdle = command.CloseIdle, AccessRules = rules,
            Limits = limits with { Entities = command.Entities ?? limits.Entities },
        };
        var standIn = await ServiceBusStandIn.StartAsync(options, CancellationToken.None);
        var number = Interlocked.Increment(ref _last);
        _own[number] = (standIn, clock);
        return new { standIn = number, connectionString = standIn.ConnectionString };
    }

    private async Task<object> StopAsync(int number)
    {
        if (_own.TryRemove(number, out var own)) await own.StandIn.DisposeAsync();
        return new { };
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
