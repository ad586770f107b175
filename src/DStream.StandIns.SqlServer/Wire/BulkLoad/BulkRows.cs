using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Responses;

namespace DStream.StandIns.SqlServer.Wire.BulkLoad;

/// <summary>Puts the rows of a bulk load together from its packets, as soon as they are whole.</summary>
internal sealed class BulkRows(BulkPackets packets) : IDisposable
{
    private const int SmallBytes = 64 * 1024;

    private readonly ByteBuffer _bytes = new();
    private BulkColumns? _columns;
    private int _used;
    private int _tryAgainAt;
    private bool _ended;

    /// <summary>The client gave the load up before its end.</summary>
    public bool IsAbandoned => packets.IsAbandoned;

    /// <summary>Reads the columns; null where the client gave the load up before.</summary>
    public async ValueTask<IReadOnlyList<SqlColumn>?> ReadColumnsAsync(CancellationToken cancellationToken)
    {
        // They are few and small: the whole packet that holds their end is awaited, whatever is between.
        while (await ReadPacketAsync(cancellationToken))
        {
            // tedious sends DONE alone where there are no rows.
            if (_bytes.Written[0] == Token.Done)
            {
                _ended = true;
                return [];
            }
            try
            {
                var reader = new ByteReader(_bytes.Written);
                _columns = BulkColumns.Read(ref reader);
                _used = _bytes.Length - reader.Remaining;
                return _columns.Columns;
            }
            catch (EndOfMessageException)
            {
                // The rest is in the next packet.
            }
        }
        return packets.IsAbandoned ? null : throw new ProtocolException("A bulk load ends before its columns do.");
    }

    /// <summary>The next rows, at least one; null at the end.</summary>
    public async ValueTask<IReadOnlyList<object?[]>?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var rows = TakeRows();
            if (rows.Count > 0) return rows;
            if (_ended) return null;
            if (await ReadPacketAsync(cancellationToken)) continue;
            if (packets.IsAbandoned) return null;
            // FreeTDS sends none: its load ends with the message.
            if (_used == _bytes.Length) return null;
            if (_tryAgainAt == 0) throw new ProtocolException("A bulk load ends inside a row.");
            _tryAgainAt = 0;
        }
    }

    /// <summary>Reads past what is left of the message.</summary>
    public async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        while (await packets.NextAsync(cancellationToken) is { } packet) packet.Dispose();
    }

    public void Dispose() => _bytes.Dispose();

    private async ValueTask<bool> ReadPacketAsync(CancellationToken cancellationToken)
    {
        using var packet = await packets.NextAsync(cancellationToken);
        if (packet is null) return false;
        _bytes.RemoveFirst(_used);
        _used = 0;
        _bytes.Bytes(packet.Body.Span);
        return true;
    }

    private List<object?[]> TakeRows()
    {
        var rows = new List<object?[]>();
        if (_bytes.Length - _used < _tryAgainAt) return rows;
        while (!_ended && _used < _bytes.Length)
        {
            var rest = _bytes.Written[_used..];
            if (rest[0] == Token.Done)
            {
                _ended = true;
                break;
            }
            if (rest[0] != Token.Row) throw new ProtocolException($"The token 0x{rest[0]:X2} among the rows of a bulk load.");
            var length = _columns!.Measure(rest[1..]);
            if (length < 0) break;
            rows.Add(_columns.ReadRow(rest.Slice(1, length)));
            _used += 1 + length;
        }
        // Looking at a row of megabytes again with each of its packets would cost the square of its length.
        var left = _bytes.Length - _used;
        _tryAgainAt = left > SmallBytes ? left * 2 : 0;
        return rows;
    }
}
