namespace DStream.StandIns.SqlServer.Types;

/// <summary>The data types of SQL Server, one member each.</summary>
public enum SqlKind
{
    Bit, TinyInt, SmallInt, Int, BigInt, Decimal, Numeric, SmallMoney, Money, Real, Float,
    Char, VarChar, Text, NChar, NVarChar, NText, Binary, VarBinary, Image,
    Date, Time, SmallDateTime, DateTime, DateTime2, DateTimeOffset,
    UniqueIdentifier, RowVersion, Xml, SqlVariant, HierarchyId, Geometry, Geography, Json, Vector,
}
