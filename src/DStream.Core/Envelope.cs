using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;

namespace DStream.Core;

/// <summary>
/// The one place that writes the message: <c>{"data":{...},"metadata":{...}}</c>, docs/messages.md. One for each table; thread-safe.
/// Allocates nothing a row.
/// </summary>
public sealed class Envelope
{
    // What WriteMessage and WriteTail write of themselves, with room to spare: 40 bytes of LSNs, 25 of time, 11 of number, 55 of names and marks.
    private const int MaxFixedBytes = 160;

    // Session ids are at most 128 characters, entity paths 260:
    // https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
    private const int MaxSessionLength = 128;

    private static readonly string[] OperationTypes = ["", "Delete", "Insert", "UpdateBefore", "Update"];

    private readonly MessageIdentity _identity;
    private readonly MessageHeaders[] _headers;
    private readonly byte[] _beforeLsn;
    private readonly byte[][] _afterLsn;
    private readonly string _sessionId;
    private readonly int _idBytes;

    // Columns whose values can be unavailable are few, and their names come with every such row.
    private readonly ConcurrentDictionary<string, byte[]> _columns = new(StringComparer.Ordinal);

    /// <summary>For one table's messages.</summary>
    /// <param name="table">Where the rows come from.</param>
    /// <param name="destination">The topic they go to.</param>
    /// <param name="ingestQueue">The queue they pass through.</param>
    public Envelope(SourceTable table, string destination, string ingestQueue)
    {
        _identity = new MessageIdentity(table);
        _sessionId = SessionOf(destination);
        _idBytes = MessageIdentity.Size + Lsn.TextLength + Encoding.UTF8.GetByteCount(_sessionId);
        _headers = [.. OperationTypes.Select(type => new MessageHeaders(table.Table.Table, destination, type, table.Table.Table))];
        _beforeLsn = Encoding.UTF8.GetBytes($",\"metadata\":{{\"Destination\":{Json(destination)},\"IngestQueue\":{Json(ingestQueue)},\"LSN\":\"");
        _afterLsn = [.. OperationTypes.Select((type, number) => Encoding.UTF8.GetBytes(
            $"\",\"OperationID\":{number.ToString(CultureInfo.InvariantCulture)},\"OperationType\":\"{type}\",\"TableName\":{Json(table.Table.Table)},"
            + $"\"Schema\":{Json(table.Table.Schema)},\"Database\":{Json(table.Database)},\"SeqVal\":\""))];
    }

    /// <summary>Upper bound of <see cref="OutboundMessage.ContentBytes"/> of the change's message.</summary>
    public int MaxContentBytes(in ChangeEvent change) =>
        checked(MaxBodyBytes(change) + _idBytes + _headers[(int)change.Operation].TextBytes);

    /// <summary>Writes the messages of these changes, in order, into pooled memory that the batch owns.</summary>
    public MessageBatch Write(ReadOnlySpan<ChangeEvent> changes)
    {
        var capacity = 0;
        foreach (ref readonly var change in changes) capacity = checked(capacity + MaxBodyBytes(change) + MessageIdentity.Size);

        var batch = new MessageBatch(capacity, changes.Length);
        var rented = batch.Buffer.Capacity;
        foreach (ref readonly var change in changes) batch.Add(WriteMessage(batch.Buffer, change));
        // The messages point into the buffer, so it must not have moved beneath them.
        if (batch.Buffer.Capacity != rented) throw new InvalidOperationException("The bound of a message's size was too low.");
        return batch;
    }

    private OutboundMessage WriteMessage(PooledBuffer buffer, in ChangeEvent change)
    {
        var start = buffer.WrittenBytes;
        _identity.Write(buffer.GetSpan(MessageIdentity.Size), change.Position);
        buffer.Advance(MessageIdentity.Size);
        var bodyStart = buffer.WrittenBytes;
        buffer.Write("{\"data\":"u8);
        buffer.Write(change.Data.Span);
        buffer.Write(_beforeLsn);
        var lsnStart = buffer.WrittenBytes;
        WriteLsn(buffer, change.Position.StartLsn);
        buffer.Write(_afterLsn[(int)change.Operation]);
        WriteTail(buffer, change);

        var written = buffer.Written;
        return new OutboundMessage(
            written.Slice(start, MessageIdentity.Size), _sessionId, _headers[(int)change.Operation],
            written.Slice(lsnStart, Lsn.TextLength), null, written[bodyStart..]);
    }

    private void WriteTail(PooledBuffer buffer, in ChangeEvent change)
    {
        WriteLsn(buffer, change.Position.SeqVal);
        buffer.Write("\",\"CommandID\":"u8);
        if (change.Position.IsFunctionOrder) buffer.Write("null"u8);
        else WriteNumber(buffer, change.Position.CommandId);
        buffer.Write(",\"CommitTime\":"u8);
        if (change.CommitTime is { } time) WriteTime(buffer, time);
        else buffer.Write("null"u8);
        if (change.Unavailable is { Count: > 0 } unavailable) WriteUnavailable(buffer, unavailable);
        buffer.Write("}}"u8);
    }

    private void WriteUnavailable(PooledBuffer buffer, IReadOnlyList<string> columns)
    {
        buffer.Write(",\"Unavailable\":["u8);
        for (var i = 0; i < columns.Count; i++)
        {
            if (i > 0) buffer.Write(","u8);
            buffer.Write(ColumnJson(columns[i]));
        }

        buffer.Write("]"u8);
    }

    private int MaxBodyBytes(in ChangeEvent change)
    {
        var bytes = checked(change.Data.Length + _beforeLsn.Length + _afterLsn[(int)change.Operation].Length + MaxFixedBytes);
        if (change.Unavailable is not { } unavailable) return bytes;
        for (var i = 0; i < unavailable.Count; i++) bytes = checked(bytes + ColumnJson(unavailable[i]).Length + 1);
        return bytes;
    }

    private byte[] ColumnJson(string column) => _columns.GetOrAdd(column, static name => Encoding.UTF8.GetBytes(Json(name)));

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
        // datetime has a precision of 3.33 ms, so the round-trip form is cut after the milliseconds; the server's local time carries no
        // zone, so none is invented.
        const int throughMilliseconds = 23;
        buffer.Write("\""u8);
        time.TryFormat(buffer.GetSpan(33), out _, "O", CultureInfo.InvariantCulture);
        buffer.Advance(throughMilliseconds);
        buffer.Write("\""u8);
    }

    // The body is never part of a page, so only what JSON itself asks for is escaped and names stay readable.
    private static string Json(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    private static string SessionOf(string destination) => destination.Length <= MaxSessionLength
        ? destination
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(destination)));
}
