using System.Data;
using DStream.StandIns.SqlServer.Types;
using Microsoft.Data.SqlClient;

namespace DStream.StandIns.SqlServer.Tests.Wire;

public sealed class ResultTypeTests : WireTest
{
    public static IEnumerable<TheoryDataRow<string>> Names => TypeCases.All.Select(type => new TheoryDataRow<string>(type.Name));

    [Fact]
    public void Cases_TheirKinds_AreAllThereAre()
    {
        Assert.Empty(Enum.GetValues<SqlKind>().Except(TypeCases.All.Select(type => type.Type.Kind)));
        Assert.Equal(TypeCases.All.Count, TypeCases.All.DistinctBy(type => type.Name).Count());
    }

    /// <summary>NULL, the value, and the value in a NOT NULL column, between two columns that show that the reader kept its place.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Read_InEveryMode_GivesTheValue(string name)
    {
        var type = TypeCases.All.Single(type => type.Name == name);
        var canBeNotNull = type.Type.Kind != SqlKind.SqlVariant;
        Engine.Reply((_, sink) =>
        {
            sink.Columns([
                new SqlColumn("before", new SqlType(SqlKind.Int), false), new SqlColumn("nothing", type.Type), new SqlColumn("some", type.Type),
                new SqlColumn("sure", type.Type, !canBeNotNull), new SqlColumn("after", new SqlType(SqlKind.NVarChar, 20))]);
            for (var i = 0; i < 3; i++) sink.Row([i, null, type.Value, type.Value, $"row {i}"]);
            sink.StatementDone(3);
        });
        await using var connection = await OpenAsync();

        foreach (var mode in Enum.GetValues<ReadMode>())
        {
            var rows = await ReadAsync(connection, type, mode);

            // With SequentialAccess the client takes a NULL rowversion for an empty one.
            var seesNull = type.Type.Kind != SqlKind.RowVersion || mode is ReadMode.Sync or ReadMode.Async;
            Assert.Equal(3, rows.Count);
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal([i, seesNull, $"row {i}"], new[] { rows[i][0], rows[i][1], rows[i][4] });
                AssertSame(type.Expected, rows[i][2]);
                AssertSame(type.Expected, rows[i][3]);
            }
        }
    }

    /// <summary>Megabytes are compared at once: one by one takes seconds.</summary>
    private static void AssertSame(object expected, object actual)
    {
        if (expected is byte[] bytes && actual is byte[] read) Assert.True(bytes.AsSpan().SequenceEqual(read), $"{read.Length} bytes came, and not the {bytes.Length} that were sent.");
        else Assert.Equal(expected, actual);
    }

    private static async Task<List<object[]>> ReadAsync(SqlConnection connection, TypeCase type, ReadMode mode)
    {
        var sequential = mode is ReadMode.SequentialAsync or ReadMode.SequentialSync;
        var behavior = sequential ? CommandBehavior.SequentialAccess : CommandBehavior.Default;
        var rows = new List<object[]>();
        await using var command = new SqlCommand("SELECT", connection);
        if (mode is ReadMode.Async or ReadMode.SequentialAsync)
        {
            await using var reader = await command.ExecuteReaderAsync(behavior, Token);
            while (await reader.ReadAsync(Token)) rows.Add(Row(reader, type));
            return rows;
        }
#pragma warning disable CA1849 // The synchronous half of the client is what is looked at here.
        using var syncReader = command.ExecuteReader(behavior);
        while (syncReader.Read()) rows.Add(Row(syncReader, type));
#pragma warning restore CA1849
        return rows;
    }

    private static object[] Row(SqlDataReader reader, TypeCase type) =>
        [reader.GetInt32(0), reader.IsDBNull(1), type.Read(reader, 2), type.Read(reader, 3), reader.GetString(4)];
}
