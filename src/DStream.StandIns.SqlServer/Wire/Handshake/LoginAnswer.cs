using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Responses;

namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>The response to LOGIN7, in the server's order.</summary>
internal static class LoginAnswer
{
    public static void Write(PacketWriter writer, ISqlSession session, LoginFeatures features, uint tdsVersion, Version server, int packetBytes)
    {
        using var buffer = new ByteBuffer();
        EnvChange.Database(buffer, session.Database, "master");
        TokenWriter.Message(buffer, new SqlError(5701, 2, 0, $"Changed database context to '{session.Database}'."));
        EnvChange.Collation(buffer);
        EnvChange.Language(buffer);
        TokenWriter.Message(buffer, new SqlError(5703, 1, 0, "Changed language setting to us_english."));
        TokenWriter.LoginAck(buffer, tdsVersion, server);
        EnvChange.PacketSize(buffer, packetBytes, 4096);
        features.WriteAcknowledgement(buffer);
        TokenWriter.Done(buffer, Token.Done, DoneStatus.Final, 0, 0);
        writer.Write(buffer.Written);
    }

    public static void WriteRefusal(PacketWriter writer, SqlError error, Login7 login)
    {
        using var buffer = new ByteBuffer();
        var isShort = TdsVersions.HasShortTokens(login.TdsVersion);
        WriteError(buffer, error, isShort);
        // As the server does: a database that cannot be opened is followed by the login's own failure.
        if (error.Number == 4060) WriteError(buffer, new SqlError(18456, 1, 14, $"Login failed for user '{login.User}'."), isShort);
        if (isShort) TokenWriter.ShortDone(buffer, Token.Done, DoneStatus.Error, 0, 0);
        else TokenWriter.Done(buffer, Token.Done, DoneStatus.Error, 0, 0);
        writer.Write(buffer.Written);
    }

    private static void WriteError(ByteBuffer buffer, SqlError error, bool isShort)
    {
        if (isShort) TokenWriter.ShortMessage(buffer, error);
        else TokenWriter.Message(buffer, error);
    }
}
