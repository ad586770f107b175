using System.Data;
using System.Globalization;
using DStream.StandIns.SqlServer.Tests.Wire;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;
using Microsoft.Data.SqlTypes;

namespace DStream.StandIns.SqlServer.Tests.BulkLoad;

/// <summary>Every type there through SqlBulkCopy and back through a query, as NULL, in a nullable and in a NOT NULL column.</summary>
public sealed class BulkTypeTests(BulkTypeTests.Server server) : IClassFixture<BulkTypeTests.Server>
{
    private static readonly IReadOnlyList<TypeCase> Cases = [.. TypeCases.All.Where(CanBeSent)];

    public static IEnumerable<TheoryDataRow<string>> Names => Cases.Select(type => new TheoryDataRow<string>(type.Name));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task WriteToServer_FromEverySource_EveryTypeReturns(string name)
    {
        var type = Cases.Single(type => type.Name == name);
        var connection = server.Connection;
        await ExecuteAsync(connection, "DROP TABLE IF EXISTS dbo.T");
        await ExecuteAsync(connection, $"CREATE TABLE dbo.T (Id int NOT NULL, Missing {Declaration(type.Type)} NULL, Held {Declaration(type.Type)} NULL, Sure {Declaration(type.Type)} NOT NULL, After nvarchar(20) NULL)");
        using var copy = new SqlBulkCopy(connection, SqlBulkCopyOptions.CacheMetadata, null) { DestinationTableName = "dbo.T" };
        var value = Sent(type);
        using var table = Table(value);

        copy.EnableStreaming = false;
        await copy.WriteToServerAsync(table, Token);
#pragma warning disable CA1849 // The synchronous half of the client is another one.
        copy.WriteToServer(table);
        copy.WriteToServer(new ObjectReader(["Id", "Missing", "Held", "Sure", "After"], [[0, null, value, value, "after"]]));
#pragma warning restore CA1849
        copy.EnableStreaming = true;
        await using var reader = table.CreateDataReader();
        await copy.WriteToServerAsync(reader, Token);

        await using var select = new SqlCommand("SELECT Id, Missing, Held, Sure, After FROM dbo.T", connection);
        await using var rows = await select.ExecuteReaderAsync(Token);
        for (var i = 0; i < 4; i++)
        {
            Assert.True(await rows.ReadAsync(Token));
            Assert.True(await rows.IsDBNullAsync(1, Token));
            Assert.Equal(type.Expected, type.Read(rows, 2));
            Assert.Equal(type.Expected, type.Read(rows, 3));
            Assert.Equal((0, "after"), (rows.GetInt32(0), rows.GetString(4)));
        }
        Assert.False(await rows.ReadAsync(Token));
    }

    /// <summary>A rowversion is the server's to make; of a DateTime in a sql_variant SqlClient makes a datetime, with its range and precision.</summary>
    private static bool CanBeSent(TypeCase type) =>
        type.Type.Kind != SqlKind.RowVersion && type.Value is not SqlVariantValue { Type.Kind: SqlKind.Date or SqlKind.DateTime2 };

    private static object Sent(TypeCase type) => type.Type.Kind == SqlKind.Vector ? new SqlVector<float>((float[])type.Expected) : type.Expected;

    private static DataTable Table(object value)
    {
        // A DataTable cannot hold NULL in a column of vectors.
        var type = value is SqlVector<float> ? typeof(object) : value.GetType();
        var table = new DataTable { Columns = { { "Id", typeof(int) }, { "Missing", type }, { "Held", type }, { "Sure", type }, { "After", typeof(string) } } };
        table.Rows.Add(0, DBNull.Value, value, value, "after");
        return table;
    }

    private static string Declaration(SqlType type) => type.Kind switch
    {
        SqlKind.Char or SqlKind.VarChar or SqlKind.Binary or SqlKind.VarBinary => $"{type.Kind}({Length(type.MaxLength)})",
        SqlKind.NChar or SqlKind.NVarChar => $"{type.Kind}({Length(type.MaxLength < 0 ? -1 : type.MaxLength / 2)})",
        SqlKind.Decimal or SqlKind.Numeric => $"{type.Kind}({type.Precision}, {type.Scale})",
        SqlKind.Time or SqlKind.DateTime2 or SqlKind.DateTimeOffset => $"{type.Kind}({type.Scale})",
        SqlKind.SqlVariant => "sql_variant",
        SqlKind.Vector => $"vector({(type.MaxLength - 8) / 4})",
        _ => type.Kind.ToString(),
    };

    private static string Length(int length) => length < 0 ? "max" : length.ToString(CultureInfo.InvariantCulture);

    private static async Task ExecuteAsync(SqlConnection connection, string sql)
    {
        await using var command = new SqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    /// <summary>One server and one connection for all cases.</summary>
    public sealed class Server : BulkLoadTest
    {
        internal new SqlConnection Connection => base.Connection;
    }
}
