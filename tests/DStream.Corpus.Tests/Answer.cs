using System.Data.Common;
using System.Data.SqlTypes;
using System.Globalization;
using System.Text;
using Microsoft.Data.SqlClient;

namespace DStream.Corpus.Tests;

/// <summary>
/// What a server answered to a file, as text that two servers can be compared by. Of an LSN its place among those of its column counts; of what the
/// file calls volatile, whether it is NULL.
/// </summary>
internal sealed class Answer(IReadOnlySet<string> volatileColumns, bool sorted)
{
    private const int LsnBytes = 10;
    private const int NoScale = 255;

    private readonly List<object> _parts = [];
    private readonly Dictionary<string, SortedSet<string>> _lsns = [];
    private int _batches;

    public void BeginBatch() => _parts.Add($"batch {++_batches}");

    public void BeginResult(IReadOnlyList<DbColumn> columns) => _parts.Add(new Result(columns, []));

    public void AddRow(object[] values)
    {
        var result = (Result)_parts[^1];
        result.Rows.Add(values);
        for (var i = 0; i < values.Length; i++)
        {
            if (LsnOf(result.Columns[i], values[i]) is not { } lsn || lsn.Trim('0').Length == 0) continue;
            if (!_lsns.TryGetValue(result.Columns[i].ColumnName, out var known)) _lsns[result.Columns[i].ColumnName] = known = new SortedSet<string>(StringComparer.Ordinal);
            known.Add(lsn);
        }
    }

    public void Affected(int rows) => _parts.Add(rows < 0 ? "no count" : $"{rows} affected");

    public void Error(SqlError error) => _parts.Add($"error {error.Number}, severity {error.Class}, state {error.State}");

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            if (part is Result result) Write(text, result);
            else text.Append(part).Append('\n');
        }

        return text.ToString();
    }

    private void Write(StringBuilder text, Result result)
    {
        text.Append("result\n");
        foreach (var column in result.Columns) text.Append("  ").Append(Describe(column)).Append('\n');
        var rows = result.Rows.Select(row => "  | " + string.Join(" | ", row.Select((value, i) => Show(result.Columns[i], value))));
        foreach (var row in sorted ? rows.Order(StringComparer.Ordinal) : rows) text.Append(row).Append('\n');
    }

    private static string Describe(DbColumn column)
    {
        var name = column.ColumnName.Length == 0 ? "(no name)" : column.ColumnName;
        var precision = column.NumericPrecision is { } digits and not NoScale ? $", precision {digits}" : "";
        var scale = column.NumericScale is { } places and not NoScale ? $", scale {places}" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{name}: {column.DataTypeName}, size {column.ColumnSize}{precision}{scale}, {(column.AllowDBNull == false ? "not null" : "null")}");
    }

    private static string? LsnOf(DbColumn column, object value) =>
        column is { DataTypeName: "binary", ColumnSize: LsnBytes } && value is SqlBinary { IsNull: false } bytes ? Convert.ToHexString(bytes.Value) : null;

    private string Show(DbColumn column, object value)
    {
        if (value is DBNull or INullable { IsNull: true }) return "NULL";
        if (volatileColumns.Contains(column.ColumnName)) return "(some)";
        if (LsnOf(column, value) is { } lsn)
            return $"lsn {(_lsns.TryGetValue(column.ColumnName, out var known) ? known.Order(StringComparer.Ordinal).ToList().IndexOf(lsn) + 1 : 0)}";
        return value switch
        {
            SqlBinary bytes => "0x" + Convert.ToHexString(bytes.Value),
            SqlString text => $"N'{text.Value}'",
            SqlDateTime time => time.Value.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
            DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
            DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF zzz", CultureInfo.InvariantCulture),
            SqlDouble number => number.Value.ToString("R", CultureInfo.InvariantCulture),
            SqlSingle number => number.Value.ToString("R", CultureInfo.InvariantCulture),
            SqlMoney money => money.Value.ToString(CultureInfo.InvariantCulture),
            SqlXml xml => $"N'{xml.Value}'",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
    }

    private sealed record Result(IReadOnlyList<DbColumn> Columns, List<object[]> Rows);
}
