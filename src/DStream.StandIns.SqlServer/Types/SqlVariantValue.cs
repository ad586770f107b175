namespace DStream.StandIns.SqlServer.Types;

/// <summary>A value of sql_variant: the base type it was stored with, and the value.</summary>
public sealed record SqlVariantValue(SqlType Type, object Value);
