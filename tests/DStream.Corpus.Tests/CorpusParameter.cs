using System.Data;
using Microsoft.Data.SqlClient;

namespace DStream.Corpus.Tests;

/// <summary>A parameter of a statement.</summary>
/// <param name="Name">With its @.</param>
/// <param name="Type">As T-SQL declares it: <c>nvarchar(128)</c>.</param>
/// <param name="Value">An expression whose value the corpus sends.</param>
internal sealed record CorpusParameter(string Name, string Type, string Value)
{
    /// <summary>As it stands in a file.</summary>
    public string Declaration => $"DECLARE {Name} {Type} = {Value};";

    /// <summary>Describes what was sent; its value does not count.</summary>
    public static CorpusParameter Of(SqlParameter sent) => new(sent.ParameterName, TypeOf(sent), "NULL");

    public SqlParameter ToSqlParameter(object value)
    {
        var open = Type.IndexOf('(', StringComparison.Ordinal);
        var type = Enum.Parse<SqlDbType>(open < 0 ? Type : Type[..open], ignoreCase: true);
        var parameter = new SqlParameter(Name, type) { Value = value };
        if (open >= 0) parameter.Size = int.Parse(Type[(open + 1)..^1], System.Globalization.CultureInfo.InvariantCulture);
        return parameter;
    }

    private static string TypeOf(SqlParameter sent)
    {
#pragma warning disable CA1308 // T-SQL writes its types in lower case.
        var name = sent.SqlDbType.ToString().ToLowerInvariant();
#pragma warning restore CA1308
        return sent.SqlDbType is SqlDbType.Binary or SqlDbType.VarBinary or SqlDbType.Char or SqlDbType.NChar or SqlDbType.VarChar or SqlDbType.NVarChar
            ? $"{name}({sent.Size})"
            : name;
    }
}
