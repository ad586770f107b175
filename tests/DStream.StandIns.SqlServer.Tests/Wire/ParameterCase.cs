using System.Data;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Wire;

/// <summary>A parameter that the client sends, as what it arrives at the engine, and what returns when the engine selects it.</summary>
internal sealed record ParameterCase(string Name, SqlType Type, SqlDbType DbType, object Value)
{
    public int Size { get; init; }
    public byte Precision { get; init; }
    public byte Scale { get; init; }
    public object Arrives { get; init; } = Value;
    public object Returns { get; init; } = Value;
    public Func<SqlDataReader, object>? Read { get; init; }

    /// <summary>The client's NULL of the type.</summary>
    public object Null { get; init; } = DBNull.Value;

    /// <summary>How an output parameter is read; its Value without.</summary>
    public Func<SqlParameter, object> ReadOutput { get; init; } = static parameter => parameter.Value;

    public SqlParameter Make()
    {
        var parameter = new SqlParameter("@p", DbType) { Value = Value, Precision = Precision, Scale = Scale };
        if (Size != 0) parameter.Size = Size;
        return parameter;
    }
}
