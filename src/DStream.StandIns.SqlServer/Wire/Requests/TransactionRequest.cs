using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Types;

namespace DStream.StandIns.SqlServer.Wire.Requests;

/// <summary>A transaction manager request (MS-TDS 2.2.6.9): what SqlTransaction sends.</summary>
internal sealed record TransactionRequest(TransactionVerb Verb, string? Name, SqlIsolation Isolation, TransactionRequest? Next = null)
{
    public static TransactionRequest Read(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        RequestHeaders.Skip(ref reader);
        var verb = (TransactionVerb)reader.UInt16();
        switch (verb)
        {
            case TransactionVerb.Begin:
                return ReadBegin(ref reader);
            case TransactionVerb.Commit or TransactionVerb.Rollback:
                var name = ReadName(ref reader);
                var beginsNext = (reader.Byte() & 1) != 0;
                return new TransactionRequest(verb, name, SqlIsolation.Unspecified, beginsNext ? ReadBegin(ref reader) : null);
            case TransactionVerb.Save:
                return new TransactionRequest(verb, ReadName(ref reader), SqlIsolation.Unspecified);
            default:
                throw RequestRefusedException.Because($"distributed transactions (transaction manager request {(ushort)verb}) are not supported");
        }
    }

    public void Run(ISqlSession session)
    {
        switch (Verb)
        {
            case TransactionVerb.Begin: session.Begin(Isolation, Name); break;
            case TransactionVerb.Commit: session.Commit(Name); break;
            case TransactionVerb.Rollback: session.Rollback(Name); break;
            default: session.Save(Name ?? ""); break;
        }
        Next?.Run(session);
    }

    private static TransactionRequest ReadBegin(ref ByteReader reader)
    {
        var isolation = (SqlIsolation)reader.Byte();
        return new TransactionRequest(TransactionVerb.Begin, ReadName(ref reader), isolation);
    }

    /// <summary>Unlike other strings its length is in bytes.</summary>
    private static string? ReadName(ref ByteReader reader) => reader.Byte() is > 0 and var bytes ? reader.Utf16(bytes) : null;
}
