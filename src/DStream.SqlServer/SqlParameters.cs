using System.Data;
using DStream.Core;
using Microsoft.Data.SqlClient;

namespace DStream.SqlServer;

/// <summary>Parameters with the server's exact types, so that a plan is found again and an index is used.</summary>
internal static class SqlParameters
{
    public static SqlCommand With(this SqlCommand command, string name, Lsn value)
    {
        command.Parameters.Add(name, SqlDbType.Binary, Lsn.Size).Value = value.ToBytes();
        return command;
    }

    public static SqlCommand With(this SqlCommand command, string name, int value)
    {
        command.Parameters.Add(name, SqlDbType.Int).Value = value;
        return command;
    }

    public static SqlCommand With(this SqlCommand command, string name, long value)
    {
        command.Parameters.Add(name, SqlDbType.BigInt).Value = value;
        return command;
    }

    /// <summary>A sysname, or a text of another length.</summary>
    public static SqlCommand With(this SqlCommand command, string name, string value, int maxLength = 128)
    {
        command.Parameters.Add(name, SqlDbType.NVarChar, maxLength).Value = value;
        return command;
    }

    /// <summary>An LSN column; <see cref="Lsn.Zero"/> for NULL.</summary>
    public static Lsn GetLsn(this SqlDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? Lsn.Zero : Lsn.Read(reader.GetFieldValue<byte[]>(ordinal));
}
