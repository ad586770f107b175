using System.Data.SqlTypes;
using DStream.Core;
using DStream.StandIns.SqlServer.Types;

namespace DStream.SqlServer.Tests;

/// <summary>The table of types in docs/messages.md, through the real client.</summary>
public sealed class ColumnTypesTests
{
    private static readonly DateTime Moment = new DateTime(2024, 2, 29, 13, 5, 0).AddTicks(1234567);

    private static readonly Dictionary<string, (SqlType Type, object Value, string Typed, string Text)> Cases = new()
    {
        ["bit"] = (new(SqlKind.Bit), true, "true", "\"true\""),
        ["bit false"] = (new(SqlKind.Bit), false, "false", "\"false\""),
        ["tinyint"] = (new(SqlKind.TinyInt), (byte)255, "255", "\"255\""),
        ["smallint"] = (new(SqlKind.SmallInt), short.MinValue, "-32768", "\"-32768\""),
        ["int"] = (new(SqlKind.Int), int.MinValue, "-2147483648", "\"-2147483648\""),
        ["bigint"] = (new(SqlKind.BigInt), long.MaxValue, "9223372036854775807", "\"9223372036854775807\""),
        ["decimal"] = (new(SqlKind.Decimal, 0, 9, 2), SqlDecimal.Parse("12.50"), "12.50", "\"12.50\""),
        ["decimal below 1"] = (new(SqlKind.Decimal, 0, 5, 4), SqlDecimal.Parse("-0.0500"), "-0.0500", "\"-0.0500\""),
        ["numeric 28"] = Number("1234567890123456789012345.678", 28, 3),
        ["numeric 29"] = Number("79228162514264337593543950336", 29, 0),
        ["decimal 38"] = Number("-99999999999999999999999999999999999999", 38, 0),
        ["decimal 38,38"] = Number("0.12345678901234567890123456789012345678", 38, 38),
        ["decimal 38,10"] = Number("1234567890123456789012345678.0000000010", 38, 10),
        ["money"] = (new(SqlKind.Money), -922337203685477.5808m, "-922337203685477.5808", "\"-922337203685477.5808\""),
        ["smallmoney"] = (new(SqlKind.SmallMoney), 1m, "1.0000", "\"1.0000\""),
        ["real"] = (new(SqlKind.Real), 0.1f, "0.1", "\"0.1\""),
        ["float"] = (new(SqlKind.Float), 1.7976931348623157E+308, "1.7976931348623157E+308", "\"1.7976931348623157E+308\""),
        ["float third"] = (new(SqlKind.Float), 1d / 3, "0.3333333333333333", "\"0.3333333333333333\""),
        ["char"] = Text(SqlKind.Char, 5, "ab   "),
        ["varchar"] = Text(SqlKind.VarChar, 20, "caf\u00e9 \\\"/"),
        ["nchar"] = Text(SqlKind.NChar, 6, "\u4e16 \t"),
        ["nvarchar"] = Text(SqlKind.NVarChar, 100, "\u00e9\U0001F600\r\n\u0001"),
        ["nvarchar empty"] = Text(SqlKind.NVarChar, 100, ""),
        ["varchar(max)"] = Text(SqlKind.VarChar, -1, new string('x', 100_000) + "\u00e9"),
        ["nvarchar(max)"] = Text(SqlKind.NVarChar, -1, string.Concat(Enumerable.Repeat("a\U0001F600\u4e16", 40_000))),
        ["nvarchar(max) empty"] = Text(SqlKind.NVarChar, -1, ""),
        ["text"] = Text(SqlKind.Text, 0, new string('y', 50_000)),
        ["ntext"] = Text(SqlKind.NText, 0, string.Concat(Enumerable.Repeat("\U0001F600b", 30_000))),
        ["xml"] = Text(SqlKind.Xml, -1, "<a b=\"c\">d</a>"),
        ["json"] = Text(SqlKind.Json, -1, "{\"a\":[1,null]}"),
        ["binary"] = Bytes(SqlKind.Binary, 4, [0xde, 0xad, 0xbe, 0xef]),
        ["varbinary"] = Bytes(SqlKind.VarBinary, 50, [1]),
        ["varbinary empty"] = Bytes(SqlKind.VarBinary, 50, []),
        ["varbinary(max)"] = Bytes(SqlKind.VarBinary, -1, Random(200_001)),
        ["image"] = Bytes(SqlKind.Image, 0, Random(70_000)),
        ["rowversion"] = Bytes(SqlKind.RowVersion, 8, [0, 0, 0, 0, 0, 0, 7, 0xd1]),
        ["date"] = Same(new(SqlKind.Date), new DateOnly(1, 1, 1), "\"0001-01-01\""),
        ["time(7)"] = Same(new(SqlKind.Time, Scale: 7), TimeOnly.FromDateTime(Moment), "\"13:05:00.1234567\""),
        ["time(0)"] = Same(new(SqlKind.Time, Scale: 0), new TimeOnly(23, 59, 59), "\"23:59:59\""),
        ["datetime"] = Same(new(SqlKind.DateTime), new DateTime(2024, 2, 29, 13, 5, 0, 123), "\"2024-02-29T13:05:00.123\""),
        ["smalldatetime"] = Same(new(SqlKind.SmallDateTime), new DateTime(2024, 2, 29, 13, 5, 0), "\"2024-02-29T13:05:00\""),
        ["datetime2(7)"] = Same(new(SqlKind.DateTime2, Scale: 7), Moment, "\"2024-02-29T13:05:00.1234567\""),
        ["datetime2(3)"] = Same(new(SqlKind.DateTime2, Scale: 3), new DateTime(9999, 12, 31, 23, 59, 59, 100), "\"9999-12-31T23:59:59.100\""),
        ["datetime2(0)"] = Same(new(SqlKind.DateTime2, Scale: 0), new DateTime(2024, 1, 2), "\"2024-01-02T00:00:00\""),
        ["datetimeoffset"] = Same(new(SqlKind.DateTimeOffset, Scale: 2), new DateTimeOffset(2024, 2, 29, 13, 5, 0, 120, TimeSpan.FromMinutes(-330)), "\"2024-02-29T13:05:00.12-05:30\""),
        ["uniqueidentifier"] = Same(new(SqlKind.UniqueIdentifier), Guid.Parse("6F9619FF-8B86-D011-B42D-00C04FC964FF"), "\"6f9619ff-8b86-d011-b42d-00c04fc964ff\""),
        ["hierarchyid"] = Bytes(SqlKind.HierarchyId, 892, [0x5a, 0xc0]),
        ["geometry"] = Bytes(SqlKind.Geometry, -1, Random(30_000)),
        ["geography"] = Bytes(SqlKind.Geography, -1, Random(22)),
        ["vector"] = (new(SqlKind.Vector, 3), new[] { 0.5f, -1f, 1e-7f }, "[0.5,-1,1E-07]", "\"[0.5,-1,1E-07]\""),
        ["variant int"] = Variant(new(SqlKind.Int), 42, "42", "\"42\""),
        ["variant bit"] = Variant(new(SqlKind.Bit), true, "true", "\"true\""),
        ["variant decimal"] = Variant(new(SqlKind.Decimal, 0, 38, 2), SqlDecimal.Parse("123456789012345678901234567890.25"), "123456789012345678901234567890.25", "\"123456789012345678901234567890.25\""),
        ["variant money"] = Variant(new(SqlKind.Money), 1.5m, "1.5000", "\"1.5000\""),
        ["variant float"] = Variant(new(SqlKind.Float), 0.1, "0.1", "\"0.1\""),
        ["variant nvarchar"] = Variant(new(SqlKind.NVarChar, 20), "\u00e9\"", "\"\u00e9\\\"\"", "\"\u00e9\\\"\""),
        ["variant varbinary"] = Variant(new(SqlKind.VarBinary, 20), new byte[] { 1, 2 }, "\"AQI=\"", "\"AQI=\""),
        ["variant guid"] = Variant(new(SqlKind.UniqueIdentifier), Guid.Empty, "\"00000000-0000-0000-0000-000000000000\"", "\"00000000-0000-0000-0000-000000000000\""),
        ["variant datetime"] = Variant(new(SqlKind.DateTime), new DateTime(2024, 1, 2, 3, 4, 5, 7), "\"2024-01-02T03:04:05.007\"", "\"2024-01-02T03:04:05.007\""),
        ["variant datetime2"] = Variant(new(SqlKind.DateTime2, Scale: 7), new DateTime(2024, 1, 2, 3, 4, 5).AddTicks(5000000), "\"2024-01-02T03:04:05.5\"", "\"2024-01-02T03:04:05.5\""),
        ["variant date"] = Variant(new(SqlKind.Date), new DateOnly(2024, 1, 2), "\"2024-01-02T00:00:00\"", "\"2024-01-02T00:00:00\""),
        ["variant time"] = Variant(new(SqlKind.Time, Scale: 3), new TimeOnly(1, 2, 3, 40), "\"01:02:03.04\"", "\"01:02:03.04\""),
        ["variant datetimeoffset"] = Variant(new(SqlKind.DateTimeOffset, Scale: 0), new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), "\"2024-01-02T03:04:05+01:00\"", "\"2024-01-02T03:04:05+01:00\""),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Typed_EachType_HasItsDocumentedForm(string name)
    {
        var (type, value, typed, _) = Cases[name];

        Assert.Equal(typed, await ScriptedServer.ReadValueAsync(type, value, ValueFormat.Typed));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task String_EachType_IsAJsonString(string name)
    {
        var (type, value, _, text) = Cases[name];

        Assert.Equal(text, await ScriptedServer.ReadValueAsync(type, value, ValueFormat.String));
    }

    [Fact]
    public async Task Null_EachType_IsNullInBothFormats()
    {
        // A rowversion is never NULL; SqlClient would read one as an empty value, and a change table holds it as binary(8) anyway.
        var cases = Cases.Values.DistinctBy(c => c.Type).Where(c => c.Type.Kind != SqlKind.RowVersion).ToArray();
        var columns = cases.Select((c, i) => new SqlColumn("c" + i, c.Type)).ToArray();
        await using var server = await ScriptedServer.StartAsync(new ScriptedEngine(columns, [new ScriptedRow(2, [1], new object?[columns.Length])]));
        var expected = "{" + string.Join(',', columns.Select(column => $"\"{column.Name}\":null")) + "}";

        Assert.Equal(expected, (await server.ReadAsync(new TableReadOptions())).Single().Data);
        Assert.Equal(expected, (await server.ReadAsync(new TableReadOptions { ValueFormat = ValueFormat.String })).Single().Data);
    }

    [Fact]
    public void Cases_EveryKind_IsAmongThem() =>
        Assert.Empty(Enum.GetValues<SqlKind>().Except(Cases.Values.Select(c => c.Type.Kind)));

    private static (SqlType, object, string, string) Number(string text, byte precision, byte scale) =>
        (new(precision == 28 ? SqlKind.Numeric : SqlKind.Decimal, 0, precision, scale), SqlDecimal.ConvertToPrecScale(SqlDecimal.Parse(text), precision, scale), text, $"\"{text}\"");

    private static (SqlType, object, string, string) Text(SqlKind kind, int maxLength, string text)
    {
        using var json = new PooledBuffer(0);
        DStream.SqlServer.Json.JsonText.WriteString(json, text);
        return Same(new(kind, maxLength), text, System.Text.Encoding.UTF8.GetString(json.Written.Span));
    }

    private static (SqlType, object, string, string) Bytes(SqlKind kind, int maxLength, byte[] bytes) =>
        Same(new(kind, maxLength), bytes, $"\"{Convert.ToBase64String(bytes)}\"");

    private static (SqlType, object, string, string) Variant(SqlType type, object value, string typed, string text) =>
        (new(SqlKind.SqlVariant), new SqlVariantValue(type, value), typed, text);

    private static (SqlType, object, string, string) Same(SqlType type, object value, string json) => (type, value, json, json);

    private static byte[] Random(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
