using DStream.StandIns.SqlServer.Cdc;
using DStream.StandIns.SqlServer.Security;
using DStream.StandIns.SqlServer.Storage;
using DStream.StandIns.SqlServer.Values;

namespace DStream.StandIns.SqlServer.Expressions;

/// <summary>sys.fn_cdc_*.</summary>
internal static class CdcScalarFunctions
{
    private static readonly int[] LsnColumn = [0];

    public static void Register(Dictionary<string, Function> functions)
    {
        functions["sys.fn_cdc_get_max_lsn"] = new(0, 0, static _ => new Expr(SqlTypes.Lsn, static f => State(f)?.MaxLsn?.ToBytes()));
        functions["sys.fn_cdc_get_min_lsn"] = new(1, 1, static site => new Expr(SqlTypes.Lsn, f => MinLsn(f, (string?)site.Text(0)(f))));
        functions["sys.fn_cdc_increment_lsn"] = new(1, 1, static site => OfLsn(site, static lsn => lsn.Next()));
        functions["sys.fn_cdc_decrement_lsn"] = new(1, 1, static site => OfLsn(site, static lsn => lsn.Previous()));
        functions["sys.fn_cdc_map_lsn_to_time"] = new(1, 1, static site => new Expr(SqlTypes.DateTime, f => site.Binary(0)(f) is byte[] lsn ? TimeOf(f, lsn) : null));
        functions["sys.fn_cdc_map_time_to_lsn"] = new(2, 2, static site => new Expr(SqlTypes.Lsn, f =>
            site.Text(0)(f) is string op && site.Arguments[1].ConvertTo(SqlTypes.DateTime).Eval(f) is DateTime time ? LsnOf(f, op, time) : null));
        functions["sys.fn_cdc_is_bit_set"] = new(2, 2, static site => new Expr(SqlTypes.Bit, f =>
            site.Integer(0)(f) is int position && site.Binary(1)(f) is byte[] mask ? IsBitSet(position, mask) : null));
        functions["sys.fn_cdc_has_column_changed"] = new(3, 3, static site => new Expr(SqlTypes.Bit, f =>
            site.Text(0)(f) is string name && site.Text(1)(f) is string column && site.Binary(2)(f) is byte[] mask && Ordinal(f, name, column) is { } position
                ? IsBitSet(position, mask) : null));
        functions["sys.fn_cdc_get_column_ordinal"] = new(2, 2, static site => new Expr(SqlTypes.Int, f =>
            site.Text(0)(f) is string name && site.Text(1)(f) is string column ? Ordinal(f, name, column) : null));
    }

    private static CdcState? State(Frame frame) => frame.Context.Session.CurrentDatabase.Cdc is { } cdc ? frame.Context.CdcOf(cdc) : null;

    private static CaptureInstance? Instance(Frame frame, string name) =>
        frame.Context.Session.CurrentDatabase.Cdc is { } cdc && cdc.Find(name) is { } found && Access.CanReadChanges(frame.Context.Session, cdc, found) ? found : null;

    private static byte[] MinLsn(Frame frame, string? name)
    {
        // "0x00000000000000000000 when the capture instance does not exist or when the caller is not authorized to access the change data."
        var instance = name is null ? null : Instance(frame, name);
        return (instance is not null && State(frame)!.Instances.TryGetValue(instance, out var found) ? found.StartLsn : Lsn.Zero).ToBytes();
    }

    private static Expr OfLsn(FunctionCallSite site, Func<Lsn, Lsn> apply)
    {
        var value = site.Arguments[0].ConvertTo(SqlTypes.Lsn).Eval;
        return new Expr(SqlTypes.Lsn, f => value(f) is byte[] lsn ? apply(Lsn.From(lsn)).ToBytes() : null);
    }

    private static object? TimeOf(Frame frame, byte[] lsn)
    {
        if (State(frame)?.TimeMapping is not { } mapping)
        {
            return null;
        }
        var place = mapping.Seek(CaptureInstance.KeyOrder, LsnColumn, new KeyRange([lsn], null, true, null, true));
        return place < mapping.Count && ValueOrder.CompareBytes((byte[])mapping[place][0]!, lsn) == 0 ? mapping[place][2] : null;
    }

    private static object? LsnOf(Frame frame, string op, DateTime time)
    {
        var mapping = State(frame)?.TimeMapping;
        if (mapping is null)
        {
            return null;
        }
        var rows = Enumerable.Range(0, mapping.Count).Select(i => mapping[i]);
        return op.Trim().ToLowerInvariant() switch
        {
            "smallest greater than" => rows.FirstOrDefault(r => (DateTime)r[2]! > time)?[0],
            "smallest greater than or equal" => rows.FirstOrDefault(r => (DateTime)r[2]! >= time)?[0],
            "largest less than" => rows.LastOrDefault(r => (DateTime)r[2]! < time)?[0],
            "largest less than or equal" => rows.LastOrDefault(r => (DateTime)r[2]! <= time)?[0],
            _ => null,
        };
    }

    private static bool IsBitSet(int position, byte[] mask)
    {
        var index = mask.Length - 1 - ((position - 1) / 8);
        return position > 0 && index >= 0 && (mask[index] & (1 << ((position - 1) % 8))) != 0;
    }

    private static int? Ordinal(Frame frame, string name, string column) => Instance(frame, name)?.Columns
        .FirstOrDefault(c => string.Equals(c.Source.Name, column, StringComparison.OrdinalIgnoreCase))?.Ordinal;
}
