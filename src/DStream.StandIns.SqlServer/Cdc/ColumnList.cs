using System.Text;

namespace DStream.StandIns.SqlServer.Cdc;

/// <summary>
/// @captured_column_list: "a comma-separated list of column names. Individual column names within the list can be optionally quoted
/// by using either double quotation marks or square brackets. If a column name contains an embedded comma, the column name must be
/// quoted."
/// </summary>
internal static class ColumnList
{
    public static List<string> Parse(string list)
    {
        var names = new List<string>();
        for (var i = 0; i < list.Length; i++)
        {
            names.Add(Name(list, ref i));
        }
        return names;
    }

    // Leaves the place at the comma, or at the end.
    private static string Name(string list, ref int i)
    {
        var name = new StringBuilder();
        var isQuoted = false;
        for (; i < list.Length && list[i] != ','; i++)
        {
            if (list[i] is '[' or '"' && name.ToString().AsSpan().IsWhiteSpace())
            {
                name.Clear();
                Quoted(list, ref i, name);
                isQuoted = true;
            }
            else if (!isQuoted)
            {
                name.Append(list[i]);
            }
        }
        return isQuoted ? name.ToString() : name.ToString().Trim();
    }

    private static void Quoted(string list, ref int i, StringBuilder name)
    {
        var close = list[i] == '[' ? ']' : '"';
        for (i++; i < list.Length; i++)
        {
            if (list[i] == close)
            {
                if (i + 1 == list.Length || list[i + 1] != close)
                {
                    return;
                }
                i++;
            }
            name.Append(list[i]);
        }
        throw CdcErrors.UnterminatedColumn();
    }
}
