using System.Data;
using System.Data.SqlTypes;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;
using Microsoft.Data.SqlTypes;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class ParameterTypeTests : WireTest
{
    private static readonly IReadOnlyDictionary<string, ParameterCase> Cases = All().ToDictionary(c => c.Name);

    public static IEnumerable<TheoryDataRow<string>> Names => Cases.Keys.Select(name => new TheoryDataRow<string>(name));

    /// <summary>text, ntext and image cannot be output parameters (DECLARE @local_variable).</summary>
    public static IEnumerable<TheoryDataRow<string>> OutputNames => Cases.Values
        .Where(type => type.Type.Kind is not (SqlKind.Text or SqlKind.NText or SqlKind.Image)).Select(type => new TheoryDataRow<string>(type.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Execute_Parameter_ArrivesAndReturns(string name)
    {
        var type = Cases[name];
        EchoParameter();
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT @p", connection);
        command.Parameters.Add(type.Make());

        await using var reader = await command.ExecuteReaderAsync(Token);

        Assert.True(await reader.ReadAsync(Token));
        var returned = type.Read?.Invoke(reader) ?? reader.GetValue(0);
        var request = Assert.Single(Engine.Requests);
        var parameter = Assert.Single(request.Parameters);
        Assert.Equal("SELECT @p", request.Text);
        Assert.Null(request.Procedure);
        Assert.Equal("@p", parameter.Name);
        Assert.Equal(type.Type, parameter.Type);
        Assert.Equal(type.Arrives, parameter.Value);
        Assert.Equal(type.Returns, returned);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Execute_NullParameter_ArrivesAsNull(string name)
    {
        EchoParameter();
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SELECT @p", connection);
        var parameter = Cases[name].Make();
        parameter.Value = DBNull.Value;
        command.Parameters.Add(parameter);

        await using var reader = await command.ExecuteReaderAsync(Token);

        Assert.True(await reader.ReadAsync(Token));
        Assert.True(await reader.IsDBNullAsync(0, Token));
        Assert.Null(Assert.Single(Assert.Single(Engine.Requests).Parameters).Value);
    }

    [Theory]
    [MemberData(nameof(OutputNames))]
    public async Task Execute_OutputParameter_ReturnsTheValue(string name)
    {
        var type = Cases[name];
        Engine.Reply((request, sink) => sink.OutputParameter(request.Parameters[0] with { Value = type.Arrives }));
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand("SET @p = x", connection);
        var parameter = type.Make();
        (parameter.Direction, parameter.Value) = (ParameterDirection.InputOutput, type.Null);
        command.Parameters.Add(parameter);

        await command.ExecuteNonQueryAsync(Token);

        var arrived = Assert.Single(Assert.Single(Engine.Requests).Parameters);
        Assert.Equal((type.Type, null, true), (arrived.Type, arrived.Value, arrived.IsOutput));
        Assert.Equal(type.Returns, type.ReadOutput(parameter));
    }

    private void EchoParameter() => Engine.Reply((request, sink) =>
    {
        sink.Columns([new SqlColumn("p", request.Parameters[0].Type)]);
        sink.Row([request.Parameters[0].Value]);
        sink.StatementDone(1);
    });

    private static IEnumerable<ParameterCase> All()
    {
        var big = new string('é', 300_000);
        var bytes = new byte[300_000];
        new Random(2).NextBytes(bytes);
        var moment = new DateTime(2024, 5, 6, 7, 8, 9, 123).AddTicks(4567);
        yield return new("bit", new(SqlKind.Bit), SqlDbType.Bit, true);
        yield return new("tinyint", new(SqlKind.TinyInt), SqlDbType.TinyInt, (byte)255);
        yield return new("smallint", new(SqlKind.SmallInt), SqlDbType.SmallInt, short.MinValue);
        yield return new("int", new(SqlKind.Int), SqlDbType.Int, int.MinValue);
        yield return new("bigint", new(SqlKind.BigInt), SqlDbType.BigInt, long.MaxValue);
        yield return new("real", new(SqlKind.Real), SqlDbType.Real, float.MaxValue);
        yield return new("float", new(SqlKind.Float), SqlDbType.Float, double.Epsilon);
        yield return new("smallmoney", new(SqlKind.SmallMoney), SqlDbType.SmallMoney, -214748.3648m);
        yield return new("money", new(SqlKind.Money), SqlDbType.Money, 922337203685477.5807m);
        yield return new("decimal", new(SqlKind.Decimal, 0, 9, 2), SqlDbType.Decimal, -1234567.89m) { Precision = 9, Scale = 2, Arrives = SqlDecimal.Parse("-1234567.89") };
        yield return new("decimal38", new(SqlKind.Decimal, 0, 38, 0), SqlDbType.Decimal, SqlDecimal.MaxValue)
            { Precision = 38, Returns = SqlDecimal.MaxValue, Read = r => r.GetSqlDecimal(0), ReadOutput = p => p.SqlValue };
        yield return new("char", new(SqlKind.Char, 4), SqlDbType.Char, "ab€ ") { Size = 4 };
        yield return new("varchar", new(SqlKind.VarChar, 20), SqlDbType.VarChar, "é€") { Size = 20 };
        yield return new("varchar empty", new(SqlKind.VarChar, 20), SqlDbType.VarChar, "") { Size = 20 };
        yield return new("varchar max", new(SqlKind.VarChar, -1), SqlDbType.VarChar, big) { Size = -1 };
        yield return new("text", new(SqlKind.Text, 16), SqlDbType.Text, big);
        yield return new("nchar", new(SqlKind.NChar, 8), SqlDbType.NChar, "日本 x") { Size = 4 };
        yield return new("nvarchar", new(SqlKind.NVarChar, 40), SqlDbType.NVarChar, "💧") { Size = 20 };
        yield return new("nvarchar empty", new(SqlKind.NVarChar, 40), SqlDbType.NVarChar, "") { Size = 20 };
        yield return new("nvarchar max", new(SqlKind.NVarChar, -1), SqlDbType.NVarChar, big) { Size = -1 };
        yield return new("ntext", new(SqlKind.NText, 16), SqlDbType.NText, big);
        yield return new("binary", new(SqlKind.Binary, 3), SqlDbType.Binary, bytes[..3]) { Size = 3 };
        yield return new("varbinary", new(SqlKind.VarBinary, 8000), SqlDbType.VarBinary, bytes[..8000]) { Size = 8000 };
        yield return new("varbinary empty", new(SqlKind.VarBinary, 10), SqlDbType.VarBinary, Array.Empty<byte>()) { Size = 10 };
        yield return new("varbinary max", new(SqlKind.VarBinary, -1), SqlDbType.VarBinary, bytes) { Size = -1 };
        yield return new("image", new(SqlKind.Image, 16), SqlDbType.Image, bytes);
        yield return new("date", new(SqlKind.Date), SqlDbType.Date, DateTime.MaxValue.Date) { Arrives = DateOnly.MaxValue };
        yield return new("time7", new(SqlKind.Time, Scale: 7), SqlDbType.Time, moment.TimeOfDay) { Scale = 7, Arrives = new TimeOnly(moment.TimeOfDay.Ticks) };
        yield return new("time2", new(SqlKind.Time, Scale: 2), SqlDbType.Time, new TimeSpan(0, 23, 59, 59, 990)) { Scale = 2, Arrives = new TimeOnly(23, 59, 59, 990) };
        yield return new("smalldatetime", new(SqlKind.SmallDateTime), SqlDbType.SmallDateTime, new DateTime(2079, 6, 6, 23, 59, 0));
        yield return new("datetime", new(SqlKind.DateTime), SqlDbType.DateTime, new DateTime(9999, 12, 31, 23, 59, 59, 997));
        yield return new("datetime2", new(SqlKind.DateTime2, Scale: 7), SqlDbType.DateTime2, moment) { Scale = 7 };
        yield return new("datetime2(3)", new(SqlKind.DateTime2, Scale: 3), SqlDbType.DateTime2, new DateTime(1, 1, 1, 0, 0, 0, 1)) { Scale = 3 };
        yield return new("datetimeoffset", new(SqlKind.DateTimeOffset, Scale: 7), SqlDbType.DateTimeOffset, new DateTimeOffset(moment, TimeSpan.FromMinutes(-210))) { Scale = 7 };
        yield return new("uniqueidentifier", new(SqlKind.UniqueIdentifier), SqlDbType.UniqueIdentifier, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"));
        yield return new("xml", new(SqlKind.Xml, -1), SqlDbType.Xml, "<a>é</a>");
        yield return new("variant int", new(SqlKind.SqlVariant, 8016), SqlDbType.Variant, 42) { Arrives = new SqlVariantValue(new(SqlKind.Int), 42) };
        yield return new("variant string", new(SqlKind.SqlVariant, 8016), SqlDbType.Variant, "é") { Arrives = new SqlVariantValue(new(SqlKind.NVarChar, 2), "é") };
        yield return new("variant decimal", new(SqlKind.SqlVariant, 8016), SqlDbType.Variant, 1.25m)
            { Arrives = new SqlVariantValue(new(SqlKind.Numeric, 0, 38, 2), new SqlDecimal(1.25m)) };
        yield return new("variant guid", new(SqlKind.SqlVariant, 8016), SqlDbType.Variant, Guid.Empty) { Arrives = new SqlVariantValue(new(SqlKind.UniqueIdentifier), Guid.Empty) };
        yield return new("json", new(SqlKind.Json, -1), SqlDbType.Json, """{"a":"é💧"}""");
        yield return new("vector", new(SqlKind.Vector, 16), SqlDbType.Vector, new SqlVector<float>(new[] { 1f, -2.5f }))
        {
            Arrives = new[] { 1f, -2.5f }, Returns = new[] { 1f, -2.5f }, Read = r => r.GetSqlVector<float>(0).Memory.ToArray(),
            Null = SqlVector<float>.CreateNull(2), ReadOutput = p => ((SqlVector<float>)p.SqlValue).Memory.ToArray(),
        };
    }
}
