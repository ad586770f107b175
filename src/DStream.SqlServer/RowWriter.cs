using System.Buffers;
using System.Data.Common;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DStream.Core;
using DStream.SqlServer.ColumnWriters;
using DStream.SqlServer.Json;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer;

/// <summary>
/// Writes rows of the page's select list as JSON, for the column types that the result set has. Reads each column once, in order, as
/// sequential access demands. Not thread-safe.
/// </summary>
internal sealed class RowWriter
{
    private readonly IReadOnlyList<CapturedColumn> _columns;
    private readonly ColumnWriter[] _writers;
    private readonly string[] _types;
    private readonly byte[][] _prefixes;
    private readonly bool[] _isKey;
    private readonly UnavailableColumns _unavailable;
    private readonly ArrayBufferWriter<byte> _key = new(256);
    private readonly byte[] _lsn = new byte[Lsn.Size];
    private readonly byte[] _mask = new byte[128];

    public RowWriter(CaptureInstance instance, IReadOnlyList<DbColumn> schema, ValueFormat format)
    {
        _columns = instance.Columns;
        var columns = schema.Skip(PageStatements.FirstColumn).ToArray();
        _writers = [.. columns.Select(column => ColumnWriterFactory.Create(column, format == ValueFormat.String))];
        _types = [.. columns.Select(column => column.DataTypeName ?? "")];
        _isKey = [.. _columns.Select(column => instance.KeyColumns.Contains(column.Name))];

        // Each with the comma before it, which the first value of a row leaves out.
        _prefixes = [.. _columns.Select(column => Encoding.UTF8.GetBytes("," + JsonSerializer.Serialize(column.Name, NameOptions) + ":"))];
        _unavailable = new UnavailableColumns(
            _columns,
            [.. _types.Select(type => type is "text" or "ntext" or "image")],
            [.. columns.Select(column => column.DataTypeName is "varchar" or "nvarchar" or "varbinary" && ColumnWriterFactory.IsMax(column))]);
    }

    private static JsonSerializerOptions NameOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether the result set still has the types that this was made for; ALTER COLUMN changes the change table too.</summary>
    public bool Fits(SqlDataReader reader)
    {
        if (reader.FieldCount != PageStatements.FirstColumn + _types.Length) return false;
        for (var i = 0; i < _types.Length; i++)
        {
            if (reader.GetDataTypeName(PageStatements.FirstColumn + i) != _types[i]) return false;
        }

        return true;
    }

    /// <summary>Writes the reader's current row to the page.</summary>
    public ChangePosition Write(SqlDataReader reader, ChangeBatchBuilder page)
    {
        var start = ReadLsn(reader, PageStatements.StartLsn);
        var command = reader.GetInt32(PageStatements.CommandId);
        var seqVal = ReadLsn(reader, PageStatements.SeqVal);
        var operation = reader.GetInt32(PageStatements.Operation);
        if (operation is < 1 or > 4) throw new NotSupportedException($"The change table has a row with __$operation {operation}, which is not known.");
        var mask = _unavailable.NeedsMask ? ReadMask(reader) : [];
        DateTime? time = reader.IsDBNull(PageStatements.CommitTime) ? null : reader.GetDateTime(PageStatements.CommitTime);

        var position = new ChangePosition(start, command, seqVal, (ChangeOperation)operation);
        var unavailable = WriteColumns(reader, page.Writer, _unavailable.Of(operation, mask), out var keyHash);
        page.Add(position, time, keyHash, unavailable);
        return position;
    }

    private IReadOnlyList<string>? WriteColumns(SqlDataReader reader, IBufferWriter<byte> json, UnavailableColumns.Set? unavailable, out ulong keyHash)
    {
        var hash = Fnv.Start;
        var hasKey = false;
        var omitted = 0;
        var first = 1;
        JsonText.WriteByte(json, (byte)'{');
        for (var i = 0; i < _writers.Length; i++)
        {
            var ordinal = PageStatements.FirstColumn + i;
            var isNull = reader.IsDBNull(ordinal);
            if (isNull && unavailable is not null && unavailable.Flags[i])
            {
                omitted++;
                continue;
            }

            json.Write(_prefixes[i].AsSpan(first));
            first = 0;
            if (_isKey[i])
            {
                hasKey = true;
                hash = WriteKey(reader, ordinal, isNull ? null : _writers[i], json, hash);
            }
            else if (isNull) json.Write("null"u8);
            else _writers[i].Write(reader, ordinal, json);

            // The server sent a value where its documentation says it has none: then it is there.
            if (!isNull && unavailable is not null && unavailable.Flags[i]) unavailable = Without(unavailable, i);
        }

        JsonText.WriteByte(json, (byte)'}');
        keyHash = hasKey ? hash : 0;
        return omitted == 0 ? null : unavailable!.Names;
    }

    private ulong WriteKey(SqlDataReader reader, int ordinal, ColumnWriter? writer, IBufferWriter<byte> json, ulong hash)
    {
        _key.ResetWrittenCount();
        if (writer is null) _key.Write("null"u8);
        else writer.Write(reader, ordinal, _key);
        json.Write(_key.WrittenSpan);
        return Fnv.Add(Fnv.Add(hash, _key.WrittenSpan), ","u8);
    }

    private UnavailableColumns.Set Without(UnavailableColumns.Set set, int column)
    {
        var flags = set.Flags.ToArray();
        flags[column] = false;
        return new UnavailableColumns.Set(flags, [.. _columns.Where((_, i) => flags[i]).Select(c => c.Name)]);
    }

    private Lsn ReadLsn(SqlDataReader reader, int ordinal)
    {
        reader.GetBytes(ordinal, 0, _lsn, 0, _lsn.Length);
        return Lsn.Read(_lsn);
    }

    private ReadOnlySpan<byte> ReadMask(SqlDataReader reader) =>
        reader.IsDBNull(PageStatements.UpdateMask) ? [] : _mask.AsSpan(0, (int)reader.GetBytes(PageStatements.UpdateMask, 0, _mask, 0, _mask.Length));
}
