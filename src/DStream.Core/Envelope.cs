using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DStream.Core;

/// <summary>
/// The one place that writes the message: <c>{"data":{...},"metadata":{...}}</c>, docs/messages.md. One for each table; thread-safe.
/// </summary>
public sealed class Envelope
{
    private const int MaxTailBytes = 192;

    private static readonly string[] OperationTypes = ["", "Delete", "Insert", "UpdateBefore", "Update"];

    private readonly MessageIdentity _identity;
    private readonly MessageHeaders[] _headers;
    private readonly byte[] _beforeLsn;
    private readonly byte[] _afterType;
    private readonly byte[][] _operations;
    private readonly string _sessionId;

    /// <summary>For one table's messages.</summary>
    /// <param name="table">Where the rows come from.</param>
    /// <param name="destination">The topic they go to.</param>
    /// <param name="ingestQueue">The queue they pass through.</param>
    public Envelope(SourceTable table, string destination, string ingestQueue)
    {
        _identity = new MessageIdentity(table);
        _sessionId = SessionOf(destination);
        _headers = [.. OperationTypes.Select(type => new MessageHeaders(table.Table.Table, destination, type, table.Table.Table))];
        _beforeLsn = Encoding.UTF8.GetBytes($$""","metadata":{"Destination":{{Json(destination)}},"IngestQueue":{{Json(ingestQueue)}},"LSN":" """.TrimEnd());
        _operations = [.. OperationTypes.Select((type, number) => Encoding.UTF8.GetBytes($"\",\"OperationID\":{number},\"OperationType\":\"{type}\""))];
        _afterType = Encoding.UTF8.GetBytes(
            $",\"TableName\":{Json(table.Table.Table)},\"Schema\":{Json(table.Table.Schema)},\"Database\":{Json(table.Database)},\"SeqVal\":\"");
    }

    /// <summary>Upper bound of <see cref="OutboundMessage.ContentBytes"/> of the change's message.</summary>
    public int MaxContentBytes(in ChangeEvent change)
    {
        var headers = _headers[(int)change.Operation];
        return MaxBodyBytes(change) + MessageIdentity.Size + Lsn.TextLength + _sessionId.Length
            + headers.Subject.Length + headers.Destination.Length + headers.OperationType.Length + headers.TableName.Length;
    }

    /// <summary>Writes the messages of these changes, in order, into pooled memory that the batch owns.</summary>
    public MessageBatch Write(ReadOnlySpan<ChangeEvent> changes)
    {
        var capacity = 0;
        foreach (ref readonly var change in changes) capacity = checked(capacity + MaxBodyBytes(change) + MessageIdentity.Size);

        var batch = new MessageBatch(capacity, changes.Length);
        foreach (ref readonly var change in changes) batch.Add(WriteMessage(batch.Buffer, change));
        return batch;
    }

    private OutboundMessage WriteMessage(PooledBuffer buffer, in ChangeEvent change)
    {
        // The buffer was rented for the whole batch, so it never grows and what is taken of it stays where it is.
        var start = buffer.WrittenBytes;
        _identity.Write(buffer.GetSpan(MessageIdentity.Size), change.Position);
        buffer.Advance(MessageIdentity.Size);
        var bodyStart = buffer.WrittenBytes;
        buffer.Write("{\"data\":"u8);
        buffer.Write(change.Data.Span);
        buffer.Write(_beforeLsn);
        var lsnStart = buffer.WrittenBytes;
        WriteLsn(buffer, change.Position.StartLsn);
        buffer.Write(_operations[(int)change.Operation]);
        buffer.Write(_afterType);
        WriteTail(buffer, change);

        var written = buffer.Written;
        return new OutboundMessage(
            written.Slice(start, MessageIdentity.Size), _sessionId, _headers[(int)change.Operation],
            written.Slice(lsnStart, Lsn.TextLength), null, written[bodyStart..]);
    }

    private static void WriteTail(PooledBuffer buffer, in ChangeEvent change)
    {
        WriteLsn(buffer, change.Position.SeqVal);
        buffer.Write("\",\"CommandID\":"u8);
        if (change.Position.IsFunctionOrder) buffer.Write("null"u8);
        else WriteNumber(buffer, change.Position.CommandId);
        buffer.Write(",\"CommitTime\":"u8);
        if (change.CommitTime is { } time) WriteTime(buffer, time);
        else buffer.Write("null"u8);
        if (change.Unavailable is { } unavailable)
        {
            buffer.Write(",\"Unavailable\":"u8);
            buffer.Write(JsonSerializer.SerializeToUtf8Bytes(unavailable));
        }

        buffer.Write("}}"u8);
    }

    private int MaxBodyBytes(in ChangeEvent change) =>
        checked(change.Data.Length + _beforeLsn.Length + _operations[(int)change.Operation].Length + _afterType.Length + MaxTailBytes
            + (change.Unavailable?.Sum(static name => (6 * name.Length) + 3) ?? 0));

    private static void WriteLsn(PooledBuffer buffer, Lsn lsn)
    {
        lsn.TryFormat(buffer.GetSpan(Lsn.TextLength), out var written, default, null);
        buffer.Advance(written);
    }

    private static void WriteNumber(PooledBuffer buffer, int number)
    {
        Utf8Formatter.TryFormat(number, buffer.GetSpan(11), out var written);
        buffer.Advance(written);
    }

    private static void WriteTime(PooledBuffer buffer, DateTime time)
    {
        // datetime has a precision of 3.33 ms; the server's local time carries no zone, so none is invented.
        time.TryFormat(buffer.GetSpan(32), out var written, "\"yyyy-MM-ddTHH:mm:ss.fff\"", CultureInfo.InvariantCulture);
        buffer.Advance(written);
    }

    private static string Json(string text) => JsonSerializer.Serialize(text);

    // Session ids are at most 128 characters, entity paths 260 (SERVICEBUS-FACTS).
    private static string SessionOf(string destination) =>
        destination.Length <= 128
            ? destination
            : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(destination)));
}
