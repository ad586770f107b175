using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Types;

namespace DStream.StandIns.SqlServer.Wire.Requests;

/// <summary>One call of an RPC message (MS-TDS 2.2.6.6).</summary>
internal sealed record RpcCall(string Procedure, IReadOnlyList<SqlParameter> Parameters)
{
    private const byte ByReference = 0x01, DefaultValue = 0x02, Encrypted = 0x08;
    private const byte BatchSeparator = 0xFF, OldBatchSeparator = 0x80, NoExecSeparator = 0xFE;

    private static readonly string[] WellKnown =
    [
        "", "sp_cursor", "sp_cursoropen", "sp_cursorprepare", "sp_cursorexecute", "sp_cursorprepexec", "sp_cursorunprepare", "sp_cursorfetch",
        "sp_cursoroption", "sp_cursorclose", "sp_executesql", "sp_prepare", "sp_execute", "sp_prepexec", "sp_prepexecrpc", "sp_unprepare",
    ];

    public static List<RpcCall> ReadAll(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        RequestHeaders.Skip(ref reader);
        var calls = new List<RpcCall>();
        while (reader.Remaining > 0)
        {
            calls.Add(Read(ref reader));
            if (reader.Remaining > 0) reader.Byte();
        }
        return calls;
    }

    private static RpcCall Read(ref ByteReader reader)
    {
        var procedure = ReadName(ref reader);
        reader.UInt16();
        var parameters = new List<SqlParameter>();
        while (reader.Remaining > 0 && reader.Peek() is not (BatchSeparator or OldBatchSeparator or NoExecSeparator))
            if (ReadParameter(ref reader) is { } parameter) parameters.Add(parameter);
        return new RpcCall(procedure, parameters);
    }

    private static string ReadName(ref ByteReader reader)
    {
        var length = reader.UInt16();
        if (length != 0xFFFF) return reader.Utf16(length * 2);
        var id = reader.UInt16();
        return id > 0 && id < WellKnown.Length ? WellKnown[id] : throw new ProtocolException($"The procedure number {id} is not known.");
    }

    /// <summary>Null where the client asks for the procedure's default value.</summary>
    private static SqlParameter? ReadParameter(ref ByteReader reader)
    {
        var name = reader.ByteString();
        var status = reader.Byte();
        if ((status & Encrypted) != 0) throw RequestRefusedException.Because("parameters of Always Encrypted are not supported");
        var type = TypeInfoReader.Read(ref reader);
        var value = ValueReader.Read(ref reader, type);
        return (status & DefaultValue) != 0 ? null : new SqlParameter(name, type.Type, value, (status & ByReference) != 0);
    }
}
