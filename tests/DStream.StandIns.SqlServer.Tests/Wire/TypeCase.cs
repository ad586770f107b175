using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Wire;

/// <summary>A value that the engine returns, and what the client must make of it.</summary>
internal sealed record TypeCase(string Name, SqlType Type, object Value, object Expected, Func<SqlDataReader, int, object> Read);
