using System.Text;
using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Responses;
using DStream.StandIns.SqlServer.Wire.Types;

namespace DStream.StandIns.SqlServer.Wire.BulkLoad;

/// <summary>The COLMETADATA with which a bulk load begins (MS-TDS 2.2.6.1), and the rows that it describes.</summary>
internal sealed class BulkColumns
{
    private const ushort NullableFlag = 0x0001;
    private readonly WireType[] _types;

    private BulkColumns(WireType[] types, SqlColumn[] columns) => (_types, Columns) = (types, columns);

    public IReadOnlyList<SqlColumn> Columns { get; }

    public static BulkColumns Read(ref ByteReader reader)
    {
        if (reader.Byte() != Token.ColMetadata) throw new ProtocolException("A bulk load does not begin with COLMETADATA.");
        var types = new WireType[reader.UInt16()];
        var columns = new SqlColumn[types.Length];
        for (var i = 0; i < types.Length; i++)
        {
            reader.UInt32();
            var flags = reader.UInt16();
            types[i] = ReadType(ref reader);
            columns[i] = new SqlColumn(reader.ByteString(), types[i].Type, (flags & NullableFlag) != 0);
        }
        return new BulkColumns(types, columns);
    }

    /// <summary>The bytes of a row's values at the beginning of <paramref name="bytes"/>; -1 where it is not all there yet.</summary>
    public int Measure(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        foreach (var type in _types)
        {
            var value = ValueLength.Of(bytes[length..], type);
            if (value < 0 || (length += value) > bytes.Length) return -1;
        }
        return length;
    }

    public object?[] ReadRow(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        var row = new object?[_types.Length];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = ValueReader.Read(ref reader, _types[i]);
            if (IsTooLong(row[i], _types[i]))
                throw new SqlErrorException(new SqlError(4815, 1, 16, $"Received an invalid column length from the bcp client for colid {i + 1}."));
        }
        return row;
    }

    private static WireType ReadType(ref ByteReader reader)
    {
        var start = reader;
        var type = TypeInfoReader.Read(ref reader);
        // SqlBulkCopy announces json as varchar(max) without a collation, and sends UTF-8.
        if (type is { Type.Kind: SqlKind.VarChar, Form: LengthForm.Chunked } && start.Bytes(3 + Collation.Bytes)[3..].IndexOfAnyExcept((byte)0) < 0)
            return type with { Encoding = Encoding.UTF8 };
        if (type.Form != LengthForm.FourBytes) return type;
        // text, ntext and image name their table, and their values come as in a row: behind a text pointer.
        reader.Utf16(reader.UInt16() * 2);
        return type with { Form = LengthForm.TextPointer };
    }

    private static bool IsTooLong(object? value, WireType type) => type.Form is LengthForm.TwoBytes && value switch
    {
        byte[] bytes => bytes.Length > type.Type.MaxLength,
        string text => type.Encoding!.GetByteCount(text) > type.Type.MaxLength,
        _ => false,
    };
}
