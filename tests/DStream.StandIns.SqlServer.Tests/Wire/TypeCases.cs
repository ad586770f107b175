using System.Data.SqlTypes;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Wire;

/// <summary>Every type, with its extremes.</summary>
internal static class TypeCases
{
    public static IReadOnlyList<TypeCase> All { get; } = [.. Numbers(), .. Decimals(), .. Characters(), .. Binaries(), .. Times(), .. Others(), .. Variants()];

    private static TypeCase Case(SqlType type, object value, object? expected = null, Func<SqlDataReader, int, object>? read = null, string? name = null) =>
        new($"{type.Kind}({type.MaxLength},{type.Precision},{type.Scale}) {name ?? value}", type, value, expected ?? value, read ?? ((r, i) => r.GetValue(i)));

    private static IEnumerable<TypeCase> Numbers()
    {
        foreach (var value in new[] { true, false }) yield return Case(new(SqlKind.Bit), value);
        foreach (var value in new byte[] { 0, 255 }) yield return Case(new(SqlKind.TinyInt), value);
        foreach (var value in new[] { short.MinValue, short.MaxValue }) yield return Case(new(SqlKind.SmallInt), value);
        foreach (var value in new[] { int.MinValue, 0, int.MaxValue }) yield return Case(new(SqlKind.Int), value);
        foreach (var value in new[] { long.MinValue, 0L, long.MaxValue }) yield return Case(new(SqlKind.BigInt), value);
        foreach (var value in new[] { float.MinValue, float.Epsilon, -1.5f, float.MaxValue }) yield return Case(new(SqlKind.Real), value);
        foreach (var value in new[] { double.MinValue, double.Epsilon, 0.1, double.MaxValue }) yield return Case(new(SqlKind.Float), value);
        foreach (var value in new[] { -214748.3648m, 0m, 214748.3647m }) yield return Case(new(SqlKind.SmallMoney), value);
        foreach (var value in new[] { -922337203685477.5808m, -0.0001m, 922337203685477.5807m }) yield return Case(new(SqlKind.Money), value);
    }

    private static IEnumerable<TypeCase> Decimals()
    {
        for (byte precision = 1; precision <= 38; precision++)
        {
            var digits = new string('9', precision);
            foreach (var scale in new HashSet<byte> { 0, (byte)(precision / 2), precision })
            {
                var text = "-" + digits[..(precision - scale)] + (scale > 0 ? "." + digits[..scale] : "");
                var value = SqlDecimal.ConvertToPrecScale(SqlDecimal.Parse(text), precision, scale);
                yield return Case(new(SqlKind.Decimal, 0, precision, scale), value, read: (r, i) => r.GetSqlDecimal(i));
            }
        }
        yield return Case(new(SqlKind.Decimal, 0, 28, 10), new SqlDecimal(123.4567890123m), 123.4567890123m);
        yield return Case(new(SqlKind.Decimal, 0, 9, 2), SqlDecimal.Parse("0"), 0m);
        yield return Case(new(SqlKind.Decimal, 0, 10, 4), SqlDecimal.Parse("1.5"), 1.5m, name: "of smaller scale");
        yield return Case(new(SqlKind.Numeric, 0, 12, 3), SqlDecimal.Parse("123456789.123"), 123456789.123m);
    }

    private static IEnumerable<TypeCase> Characters()
    {
        var big = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i:D5}é"));
        yield return Case(new(SqlKind.Char, 5), "ab   ");
        yield return Case(new(SqlKind.VarChar, 50), "é€ß");
        yield return Case(new(SqlKind.VarChar, 50), "");
        yield return Case(new(SqlKind.VarChar, 8000), big[..8000], name: "full");
        yield return Case(new(SqlKind.VarChar, -1), "");
        yield return Case(new(SqlKind.VarChar, -1), big, name: "big");
        yield return Case(new(SqlKind.Text, 16), big, name: "big");
        yield return Case(new(SqlKind.Text, 16), "");
        yield return Case(new(SqlKind.NChar, 8), "日本 x");
        yield return Case(new(SqlKind.NVarChar, 100), "💧 Ünïcode");
        yield return Case(new(SqlKind.NVarChar, 100), "");
        yield return Case(new(SqlKind.NVarChar, 8000), big[..4000], name: "full");
        yield return Case(new(SqlKind.NVarChar, -1), "");
        yield return Case(new(SqlKind.NVarChar, -1), big + "💧", name: "big");
        yield return Case(new(SqlKind.NText, 16), big + "日本", name: "big");
        yield return Case(new(SqlKind.Xml, -1), "<a b=\"1\">é</a>");
        yield return Case(new(SqlKind.Json, -1), """{"a":"é💧","b":[1,2]}""");
        yield return Case(new(SqlKind.Json, -1), $"\"{big}\"", name: "big");
    }

    private static IEnumerable<TypeCase> Binaries()
    {
        var big = new byte[100_000];
        new Random(1).NextBytes(big);
        yield return Case(new(SqlKind.Binary, 4), new byte[] { 1, 2, 3, 0 }, name: "4");
        yield return Case(new(SqlKind.VarBinary, 10), Array.Empty<byte>(), name: "empty");
        yield return Case(new(SqlKind.VarBinary, 8000), big[..8000], name: "full");
        yield return Case(new(SqlKind.VarBinary, -1), Array.Empty<byte>(), name: "empty");
        yield return Case(new(SqlKind.VarBinary, -1), big, name: "big");
        yield return Case(new(SqlKind.Image, 16), big, name: "big");
        yield return Case(new(SqlKind.RowVersion, 8), new byte[] { 0, 0, 0, 0, 0, 0, 7, 0xD1 }, name: "2001");
        foreach (var kind in new[] { SqlKind.HierarchyId, SqlKind.Geometry, SqlKind.Geography })
            yield return Case(new(kind, kind == SqlKind.HierarchyId ? 892 : -1), big[..200], read: (r, i) => r.GetSqlBytes(i).Value, name: "bytes");
    }

    private static IEnumerable<TypeCase> Times()
    {
        foreach (var value in new[] { DateOnly.MinValue, new(2024, 2, 29), DateOnly.MaxValue })
            yield return Case(new(SqlKind.Date), value, value.ToDateTime(TimeOnly.MinValue));
        foreach (var value in new[] { new DateTime(1900, 1, 1), new(2079, 6, 6, 23, 59, 0) }) yield return Case(new(SqlKind.SmallDateTime), value);
        foreach (var milliseconds in new[] { 0, 3, 7, 10, 13, 17, 997 })
            yield return Case(new(SqlKind.DateTime), new DateTime(2024, 5, 6, 7, 8, 9).AddMilliseconds(milliseconds), name: $".{milliseconds}");
        yield return Case(new(SqlKind.DateTime), new DateTime(1753, 1, 1));
        yield return Case(new(SqlKind.DateTime), new DateTime(9999, 12, 31, 23, 59, 59, 997));
        for (byte scale = 0; scale <= 7; scale++)
        {
            var unit = (long)Math.Pow(10, 7 - scale);
            var lastTime = TimeSpan.TicksPerDay - unit;
            yield return Case(new(SqlKind.Time, 0, 0, scale), new TimeOnly(lastTime), new TimeSpan(lastTime), name: "max");
            yield return Case(new(SqlKind.Time, 0, 0, scale), TimeOnly.MinValue, TimeSpan.Zero, name: "min");
            var last = new DateTime(DateTime.MaxValue.Ticks / unit * unit);
            yield return Case(new(SqlKind.DateTime2, 0, 0, scale), last, name: "max");
            yield return Case(new(SqlKind.DateTime2, 0, 0, scale), DateTime.MinValue, name: "min");
            yield return Case(new(SqlKind.DateTimeOffset, 0, 0, scale), new DateTimeOffset(last.AddHours(-15), TimeSpan.FromHours(14)), name: "+14");
            yield return Case(new(SqlKind.DateTimeOffset, 0, 0, scale), new DateTimeOffset(DateTime.MinValue.AddHours(15), TimeSpan.FromMinutes(-839)), name: "-13:59");
        }
    }

    private static IEnumerable<TypeCase> Others()
    {
        yield return Case(new(SqlKind.UniqueIdentifier), Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
        yield return Case(new(SqlKind.UniqueIdentifier), Guid.Empty);
        yield return Case(new(SqlKind.Vector, 8 + 3 * 4), new[] { 1.5f, -2f, float.MaxValue }, read: (r, i) => r.GetSqlVector<float>(i).Memory.ToArray(), name: "3");
    }

    private static IEnumerable<TypeCase> Variants()
    {
        var held = Numbers().Concat(Times()).Concat(
        [
            Case(new(SqlKind.Decimal, 0, 9, 2), SqlDecimal.Parse("-1234567.89"), -1234567.89m),
            Case(new(SqlKind.Numeric, 0, 28, 5), SqlDecimal.Parse("12345678901234567890123.45678"), 12345678901234567890123.45678m),
            Case(new(SqlKind.Char, 5), "ab   "), Case(new(SqlKind.VarChar, 20), "é€"), Case(new(SqlKind.NChar, 4), "日本"),
            Case(new(SqlKind.NVarChar, 100), "💧"), Case(new(SqlKind.Binary, 3), new byte[] { 1, 2, 3 }, name: "3"),
            Case(new(SqlKind.VarBinary, 9), new byte[] { 9 }, name: "1"), Case(new(SqlKind.UniqueIdentifier), Guid.Parse("00112233-4455-6677-8899-aabbccddeeff")),
        ]);
        foreach (var inner in held)
            yield return Case(new(SqlKind.SqlVariant, 8016), new SqlVariantValue(inner.Type, inner.Value), inner.Expected, name: inner.Name);
    }
}
