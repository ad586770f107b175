using System.Globalization;
using DStream.StandIns.SqlServer.Types;
using DStream.StandIns.SqlServer.Values;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace DStream.StandIns.SqlServer.Parsing;

/// <summary>Declared types of the syntax tree.</summary>
internal static class DataTypes
{
    /// <param name="node">The declaration.</param>
    /// <param name="isCast">CAST and CONVERT default to a length of 30, declarations to 1.</param>
    public static SqlType Resolve(DataTypeReference node, bool isCast = false)
    {
        var name = node switch
        {
            XmlDataTypeReference => "xml",
            VectorDataTypeReference => "vector",
            _ => node.Name.BaseIdentifier.Value,
        };
        if (string.Equals(name, "sysname", StringComparison.OrdinalIgnoreCase))
        {
            return SqlTypes.SysName;
        }
        var kind = Find(name) ?? throw Errors.Of(2715, 16, $"Cannot find data type {name}.", 6);
        var parameters = node is ParameterizedDataTypeReference parameterized
            ? parameterized.Parameters.Select(p => p is MaxLiteral ? -1 : int.Parse(p.Value, CultureInfo.InvariantCulture)).ToArray()
            : [];
        return Make(kind, parameters, isCast);
    }

    private static SqlType Make(SqlKind kind, int[] parameters, bool isCast)
    {
        var length = parameters.Length > 0 ? parameters[0] : isCast ? 30 : 1;
        switch (kind)
        {
            case SqlKind.Char: return SqlTypes.Char(length);
            case SqlKind.NChar: return SqlTypes.NChar(length);
            case SqlKind.VarChar: return SqlTypes.VarChar(length);
            case SqlKind.NVarChar: return SqlTypes.NVarChar(length);
            case SqlKind.Binary: return new SqlType(SqlKind.Binary, length);
            case SqlKind.VarBinary: return SqlTypes.VarBinary(length);
            case SqlKind.Decimal or SqlKind.Numeric:
                return new SqlType(kind, 0, (byte)(parameters.Length > 0 ? parameters[0] : 18), (byte)(parameters.Length > 1 ? parameters[1] : 0));
            case SqlKind.Time or SqlKind.DateTime2 or SqlKind.DateTimeOffset:
                return new SqlType(kind, 0, 0, (byte)(parameters.Length > 0 ? parameters[0] : 7));
            case SqlKind.Float when parameters.Length > 0 && parameters[0] <= 24: return SqlTypes.Real;
            case SqlKind.Text or SqlKind.NText or SqlKind.Image: return new SqlType(kind, 16);
            case SqlKind.Xml or SqlKind.Json or SqlKind.Geometry or SqlKind.Geography: return new SqlType(kind, -1);
            case SqlKind.HierarchyId: return new SqlType(kind, 892);
            case SqlKind.SqlVariant: return SqlTypes.Variant;
            case SqlKind.Vector: return new SqlType(kind, 8 + (4 * length));
            default: return new SqlType(kind);
        }
    }

    private static SqlKind? Find(string name) => name.ToUpperInvariant() switch
    {
        "INTEGER" => SqlKind.Int,
        "DEC" => SqlKind.Decimal,
        "CHARACTER" => SqlKind.Char,
        "DOUBLE PRECISION" => SqlKind.Float,
        "NATIONAL CHARACTER VARYING" or "NATIONAL CHAR VARYING" => SqlKind.NVarChar,
        "CHAR VARYING" or "CHARACTER VARYING" => SqlKind.VarChar,
        "BINARY VARYING" => SqlKind.VarBinary,
        _ => TypeNames.Find(name),
    };
}
