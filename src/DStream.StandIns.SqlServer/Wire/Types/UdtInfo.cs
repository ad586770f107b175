using DStream.StandIns.SqlServer.Types;

namespace DStream.StandIns.SqlServer.Wire.Types;

/// <summary>How the three CLR types that the server itself brings are announced.</summary>
internal static class UdtInfo
{
    private const string Assembly = "Microsoft.SqlServer.Types, Version=11.0.0.0, Culture=neutral, PublicKeyToken=89845dcd8080cc91";

    public static bool Is(SqlKind kind) => kind is SqlKind.HierarchyId or SqlKind.Geometry or SqlKind.Geography;

    public static string Name(SqlKind kind) => kind switch
    {
        SqlKind.HierarchyId => "hierarchyid",
        SqlKind.Geometry => "geometry",
        _ => "geography",
    };

    public static string AssemblyQualifiedName(SqlKind kind) => kind switch
    {
        SqlKind.HierarchyId => "Microsoft.SqlServer.Types.SqlHierarchyId, " + Assembly,
        SqlKind.Geometry => "Microsoft.SqlServer.Types.SqlGeometry, " + Assembly,
        _ => "Microsoft.SqlServer.Types.SqlGeography, " + Assembly,
    };

    public static ushort MaxBytes(SqlKind kind) => kind == SqlKind.HierarchyId ? (ushort)892 : TypeToken.MaxLength;

    public static SqlKind? Kind(string name) => name.ToUpperInvariant() switch
    {
        "HIERARCHYID" => SqlKind.HierarchyId,
        "GEOMETRY" => SqlKind.Geometry,
        "GEOGRAPHY" => SqlKind.Geography,
        _ => null,
    };
}
