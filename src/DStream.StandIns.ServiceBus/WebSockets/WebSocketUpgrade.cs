using System.Diagnostics.CodeAnalysis;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace DStream.StandIns.ServiceBus.WebSockets;

/// <summary>
/// Answers the request by which a connection becomes a WebSocket. The framework's own listener for that has no TLS outside of Windows, and its
/// web server would be the stand-in's largest part. Source: RFC 6455, section 4.2.
/// </summary>
internal static class WebSocketUpgrade
{
    private const string Path = "/$servicebus/websocket";
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const int MaxRequestBytes = 16 * 1024;

    // What the JavaScript and older SDKs ask for, and the name that OASIS registered, which the .NET SDK asks for.
    private static readonly string[] Protocols = ["AMQPWSB10", "amqp"];

    /// <summary>The WebSocket; null where the request was no good, which the client has been told.</summary>
    public static async Task<WebSocket?> AcceptAsync(Stream stream)
    {
        if (await ReadRequestAsync(stream) is not { } request) return null;

        var (line, headers) = Parse(request);
        var refusal = Refusal(line, headers, out var protocol);
        if (refusal is not null)
        {
            await WriteAsync(stream, $"HTTP/1.1 {refusal}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            return null;
        }

        await WriteAsync(stream,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Accept: {Accept(headers["Sec-WebSocket-Key"])}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n");
        return WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, SubProtocol = protocol });
    }

    private static string? Refusal(string[] line, Dictionary<string, string> headers, out string? protocol)
    {
        string Header(string name) => headers.GetValueOrDefault(name, "");
        var offered = Header("Sec-WebSocket-Protocol").Split(',', StringSplitOptions.TrimEntries);
        protocol = Protocols.FirstOrDefault(known => offered.Contains(known));
        if (line is not ["GET", var target, "HTTP/1.1"]) return "400 Bad Request";
        if (Uri.UnescapeDataString(target.Split('?')[0]).TrimEnd('/') != Path) return "404 Not Found";
        if (!Header("Upgrade").Equals("websocket", StringComparison.OrdinalIgnoreCase) || Header("Sec-WebSocket-Key").Length == 0)
            return "426 Upgrade Required";

        return Header("Sec-WebSocket-Version") != "13" || protocol is null ? "400 Bad Request" : null;
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 asks for this hash; it proves that the server understood, and guards nothing.")]
    private static string Accept(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));

    private static (string[] Line, Dictionary<string, string> Headers) Parse(string request)
    {
        var lines = request.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in lines.Skip(1))
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) continue;

            var name = header[..colon].Trim();
            var value = header[(colon + 1)..].Trim();
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
        }

        return (lines.Length == 0 ? [] : lines[0].Split(' '), headers);
    }

    // A client sends nothing behind its request before it has the answer, so that no byte of the WebSocket is read here.
    private static async Task<string?> ReadRequestAsync(Stream stream)
    {
        var bytes = new byte[MaxRequestBytes];
        var length = 0;
        while (length < bytes.Length)
        {
            var read = await stream.ReadAsync(bytes.AsMemory(length));
            if (read == 0) return null;

            length += read;
            if (bytes.AsSpan(0, length).EndsWith("\r\n\r\n"u8)) return Encoding.ASCII.GetString(bytes, 0, length);
        }

        return null;
    }

    private static async Task WriteAsync(Stream stream, string head)
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
        await stream.FlushAsync();
    }
}
