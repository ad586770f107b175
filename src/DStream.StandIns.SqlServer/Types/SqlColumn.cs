namespace DStream.StandIns.SqlServer.Types;

/// <summary>A column of a result set. A NOT NULL column goes over the wire in its fixed-length form.</summary>
public sealed record SqlColumn(string Name, SqlType Type, bool IsNullable = true, bool IsIdentity = false);
