using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Requests;

internal static class RequestHeaders
{
    /// <summary>Passes over ALL_HEADERS: the transaction descriptor in it is the session's own without MARS.</summary>
    public static void Skip(ref ByteReader reader)
    {
        var total = reader.Int32();
        if (total < 4) throw new ProtocolException($"ALL_HEADERS says that it is {total} bytes long.");
        reader.Bytes(total - 4);
    }
}
