using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DStream.Core;

namespace DStream.InMemory;

/// <summary>
/// Prints messages instead of sending them, one JSON object a line: <c>entity</c>, <c>messageId</c>, <c>sessionId</c> and <c>body</c>. For
/// debugging: <c>output { type = "console" }</c>. A body that is not JSON is printed as text. Thread-safe; a batch's lines stay together.
/// </summary>
/// <param name="output">Where to print, usually <see cref="Console.Out"/>; it stays the caller's.</param>
public sealed class ConsoleSender(TextWriter output) : IMessageSenderFactory
{
    // For people: what is escaped beyond what JSON asks for only matters inside of HTML.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();

    /// <inheritdoc/>
    public ValueTask<IMessageSender> OpenSenderAsync(string entity, CancellationToken cancellationToken) => new(new Sender(this, entity));

    private static void WriteLine(StringBuilder lines, string entity, in OutboundMessage message)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Readable))
        {
            json.WriteStartObject();
            json.WriteString("entity", entity);
            json.WriteString("messageId", message.MessageId.Span);
            json.WriteString("sessionId", message.SessionId);
            json.WritePropertyName("body");
            WriteBody(json, message.Body);
            json.WriteEndObject();
        }

        lines.Append(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length)).Append('\n');
    }

    private static void WriteBody(Utf8JsonWriter json, ReadOnlyMemory<byte> body)
    {
        // Parsed, not copied, since a foreign body may hold line breaks between its tokens.
        try
        {
            using var document = JsonDocument.Parse(body);
            document.RootElement.WriteTo(json);
        }
        catch (JsonException)
        {
            json.WriteStringValue(Encoding.UTF8.GetString(body.Span));
        }
    }

    private sealed class Sender(ConsoleSender owner, string entity) : IMessageSender
    {
        public SendLimits Limits { get; } = new(int.MaxValue, int.MaxValue, 1000, FramingBytes: 0);

        public ValueTask SendAsync(ReadOnlyMemory<OutboundMessage> messages, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var lines = new StringBuilder();
            foreach (ref readonly var message in messages.Span) WriteLine(lines, entity, message);
            try
            {
                lock (owner._lock)
                {
                    owner.Print(lines);
                }
            }
            catch (IOException exception)
            {
                throw new ProviderException($"Printing a message for '{entity}' failed: {exception.Message}", isTransient: false, exception);
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private void Print(StringBuilder lines)
    {
        output.Write(lines);
        output.Flush();
    }
}
