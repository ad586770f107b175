using System.Buffers;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Types;

namespace DStream.StandIns.SqlServer.Wire;

/// <summary>
/// Turns rows of given columns into the bytes that leave on the wire, once: a change table keeps its rows so and hands them
/// to <see cref="Sessions.IResultSink.EncodedRow"/> as often as they are read. Safe for use by many threads.
/// </summary>
public sealed class RowEncoder(IReadOnlyList<SqlColumn> columns)
{
    /// <summary>The token with which every encoded row begins.</summary>
    public const byte RowToken = 0xD1;

    [ThreadStatic]
    private static ByteBuffer? _scratch;

    public IReadOnlyList<SqlColumn> Columns { get; } = columns;

    /// <summary>The row with its token, values in the CLR types that <see cref="SqlType"/> names.</summary>
    public byte[] Encode(ReadOnlySpan<object?> values)
    {
        var scratch = Scratch();
        Encode(values, scratch);
        return scratch.Written.ToArray();
    }

    /// <inheritdoc cref="Encode(ReadOnlySpan{object})"/>
    public void Encode(ReadOnlySpan<object?> values, IBufferWriter<byte> output)
    {
        var scratch = Scratch();
        Encode(values, scratch);
        output.Write(scratch.Written);
    }

    /// <summary>
    /// One value as it stands in the row, without the token: rows of a projection can be put together from
    /// <see cref="RowToken"/> and the bytes of the columns asked for.
    /// </summary>
    public void EncodeValue(int ordinal, object? value, IBufferWriter<byte> output)
    {
        var scratch = Scratch();
        Write(scratch, ordinal, value);
        output.Write(scratch.Written);
    }

    internal void Encode(ReadOnlySpan<object?> values, ByteBuffer output)
    {
        if (values.Length != Columns.Count)
            throw new ArgumentException($"{values.Length} values for {Columns.Count} columns.", nameof(values));
        output.Byte(RowToken);
        for (var i = 0; i < values.Length; i++) Write(output, i, values[i]);
    }

    private static ByteBuffer Scratch()
    {
        var scratch = _scratch ??= new ByteBuffer();
        scratch.Clear();
        return scratch;
    }

    private void Write(ByteBuffer output, int ordinal, object? value)
    {
        var column = Columns[ordinal];
        try
        {
            ValueWriter.Write(output, column.Type, column.IsNullable, value);
        }
        catch (Exception e) when (e is InvalidCastException or OverflowException or InvalidOperationException)
        {
            throw new InvalidOperationException(
                $"Column '{column.Name}' ({column.Type.Kind}) cannot hold the value of type {value?.GetType().Name ?? "NULL"}: {e.Message}", e);
        }
    }
}
