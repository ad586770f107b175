using DStream.StandIns.SqlServer.Sessions;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Wire.Packets;
using DStream.StandIns.SqlServer.Wire.Types;

namespace DStream.StandIns.SqlServer.Wire.Responses;

/// <summary>Writes the tokens of a response.</summary>
internal static class TokenWriter
{
    private const ushort NullableFlag = 0x0001, UpdatabilityUnknownFlag = 0x0008, IdentityFlag = 0x0010;
    private const uint TimestampUserType = 80;
    private const string ServerName = "dstream-standin";

    public static void Columns(ByteBuffer output, IReadOnlyList<SqlColumn> columns)
    {
        output.Byte(Token.ColMetadata);
        output.UInt16((ushort)columns.Count);
        foreach (var column in columns)
        {
            WriteType(output, column.Type, column.IsNullable, column.IsIdentity ? IdentityFlag : UpdatabilityUnknownFlag);
            if (column.Type.Kind is SqlKind.Text or SqlKind.NText or SqlKind.Image)
            {
                // These types name their table, in parts; SqlClient reads past it.
                output.Byte(1);
                output.ShortString("");
            }
            output.ByteString(column.Name);
        }
    }

    public static void Message(ByteBuffer output, SqlError message)
    {
        var position = BeginMessage(output, message);
        output.Int32(message.Line);
        output.PatchUInt16(position);
    }

    /// <summary>As before TDS 7.2: a line number of two bytes.</summary>
    public static void ShortMessage(ByteBuffer output, SqlError message)
    {
        var position = BeginMessage(output, message);
        output.UInt16((ushort)message.Line);
        output.PatchUInt16(position);
    }

    public static bool IsError(SqlError message) => message.Severity > 10;

    public static void Done(ByteBuffer output, byte token, DoneStatus status, ushort command, long rows)
    {
        output.Byte(token);
        output.UInt16((ushort)status);
        output.UInt16(command);
        output.Int64(rows);
    }

    /// <summary>As before TDS 7.2: a row count of four bytes.</summary>
    public static void ShortDone(ByteBuffer output, byte token, DoneStatus status, ushort command, int rows)
    {
        output.Byte(token);
        output.UInt16((ushort)status);
        output.UInt16(command);
        output.Int32(rows);
    }

    public static void ReturnStatus(ByteBuffer output, int value)
    {
        output.Byte(Token.ReturnStatus);
        output.Int32(value);
    }

    public static void ReturnValue(ByteBuffer output, int ordinal, SqlParameter parameter)
    {
        output.Byte(Token.ReturnValue);
        output.UInt16((ushort)ordinal);
        output.ByteString(parameter.Name);
        output.Byte(1);
        WriteType(output, parameter.Type, nullable: true, UpdatabilityUnknownFlag);
        ValueWriter.Write(output, parameter.Type, nullable: true, parameter.Value);
    }

    public static void LoginAck(ByteBuffer output, uint tdsVersion, Version server)
    {
        output.Byte(Token.LoginAck);
        var position = output.Length;
        output.UInt16(0);
        output.Byte(1);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(output.Take(4), tdsVersion);
        output.ByteString("Microsoft SQL Server");
        output.Bytes([(byte)server.Major, (byte)server.Minor, (byte)(server.Build >> 8), (byte)server.Build]);
        output.PatchUInt16(position);
    }

    /// <summary>
    /// One record of session state. While one is marked as not recoverable SqlClient does not reconnect by itself: without it
    /// a connection that dies inside a SqlTransaction would be replaced silently, and the transaction lost unseen.
    /// </summary>
    public static void SessionState(ByteBuffer output, uint sequence, bool recoverable, ReadOnlySpan<byte> state)
    {
        output.Byte(Token.SessionState);
        var position = output.Length;
        output.UInt32(0);
        output.UInt32(sequence);
        output.Byte(recoverable ? (byte)1 : (byte)0);
        output.Byte(0);
        output.Byte((byte)state.Length);
        output.Bytes(state);
        output.PatchUInt32(position);
    }

    private static int BeginMessage(ByteBuffer output, SqlError message)
    {
        output.Byte(IsError(message) ? Token.Error : Token.Info);
        var position = output.Length;
        output.UInt16(0);
        output.Int32(message.Number);
        output.Byte(message.State);
        output.Byte(message.Severity);
        output.ShortString(message.Message.AsSpan(0, Math.Min(message.Message.Length, 8000)));
        output.ByteString(ServerName);
        output.ByteString(message.Procedure);
        return position;
    }

    private static void WriteType(ByteBuffer output, SqlType type, bool nullable, ushort flags)
    {
        output.UInt32(type.Kind == SqlKind.RowVersion ? TimestampUserType : 0);
        output.UInt16(nullable ? (ushort)(flags | NullableFlag) : flags);
        TypeInfoWriter.Write(output, type, nullable);
    }
}
