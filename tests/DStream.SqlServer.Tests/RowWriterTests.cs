using DStream.Core;
using DStream.StandIns.SqlServer;
using DStream.StandIns.SqlServer.Types;

namespace DStream.SqlServer.Tests;

/// <summary>What surrounds the values of a row.</summary>
public sealed class RowWriterTests
{
    private static readonly SqlColumn Id = new("id", new(SqlKind.Int), IsNullable: false);
    private static readonly SqlColumn Note = new("note", new(SqlKind.Text));
    private static readonly SqlColumn Body = new("body", new(SqlKind.NVarChar, -1));
    private static readonly SqlColumn Total = new("total", new(SqlKind.Int));
    private static readonly TableReadOptions Both = new() { UpdateImages = UpdateImages.Both };

    [Fact]
    public async Task Write_UnavailableColumns_AreLeftOutAndListed()
    {
        ScriptedRow[] rows =
        [
            new(1, [0b1111], 1, null, "deleted", null),
            new(2, [0b1111], 2, null, null, null),
            new(3, [0b0001], 3, null, null, null),
            new(3, [0b0100], 4, null, null, null),
            new(4, [0b0001], 5, "n", "b", null),
        ];
        await using var server = await ScriptedServer.StartAsync(new ScriptedEngine([Id, Note, Body, Total], rows) { Computed = ["total"] });

        var read = await server.ReadAsync(Both);

        Assert.Equal(
            ["{\"id\":1,\"body\":\"deleted\"}", "{\"id\":2,\"note\":null,\"body\":null}", "{\"id\":3}", "{\"id\":4,\"body\":null}", "{\"id\":5,\"note\":\"n\",\"body\":\"b\"}"],
            read.Select(r => r.Data));
        Assert.Equal(
            ["note,total", "total", "note,body,total", "note,total", "total"],
            read.Select(r => string.Join(',', r.Event.Unavailable ?? [])));
    }

    [Fact]
    public async Task Write_ColumnThatShouldBeUnavailableButIsThere_IsWritten()
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptedEngine([Id, Note, Body], [new(3, [0], 1, "there", null)]));

        var read = Assert.Single(await server.ReadAsync(Both));

        Assert.Equal("{\"id\":1,\"note\":\"there\"}", read.Data);
        Assert.Equal(["body"], read.Event.Unavailable!);
    }

    [Fact]
    public async Task Write_KeyHash_DependsOnTheKeyAlone()
    {
        ScriptedRow[] rows = [new(2, [1], 1, "a", null), new(4, [1], 1, "b", "x"), new(2, [1], 2, "a", null)];
        await using var server = await ScriptedServer.StartAsync(new ScriptedEngine([Id, Note, Body], rows));

        var hashes = (await server.ReadAsync(Both)).Select(r => r.Event.KeyHash).ToArray();

        Assert.Equal(hashes[0], hashes[1]);
        Assert.NotEqual(hashes[0], hashes[2]);
        Assert.Equal(Fnv("1,"), hashes[0]);
    }

    [Fact]
    public async Task Write_OddColumnNames_AreEscaped()
    {
        SqlColumn[] columns = [new("i\"d", new(SqlKind.Int)), new("a]b \u00e9\\", new(SqlKind.Int))];
        await using var server = await ScriptedServer.StartAsync(new ScriptedEngine(columns, [new(2, [1], 1, 2)]));

        Assert.Equal("{\"i\\\"d\":1,\"a]b \u00e9\\\\\":2}", (await server.ReadAsync(Both)).Single().Data);
    }

    [Fact]
    public async Task Write_NotNullColumns_AreReadToo()
    {
        Assert.Equal("7", await ScriptedServer.ReadValueAsync(new(SqlKind.BigInt), 7L, ValueFormat.Typed, isNullable: false));
        Assert.Equal("\"2024-01-02T00:00:00.000\"", await ScriptedServer.ReadValueAsync(new(SqlKind.DateTime), new DateTime(2024, 1, 2), ValueFormat.Typed, isNullable: false));
    }

    [Theory]
    [InlineData(SqlKind.NVarChar)]
    [InlineData(SqlKind.VarBinary)]
    public async Task Write_LargeValue_ComesWholeOverManyPackets(SqlKind kind)
    {
        const int length = 16 * 1024 * 1024;
        object value = kind == SqlKind.NVarChar ? new string('z', length) : new byte[length];

        var json = await ScriptedServer.ReadValueAsync(new(kind, -1), value, ValueFormat.Typed);

        Assert.Equal(kind == SqlKind.NVarChar ? length + 2 : (((length + 2) / 3) * 4) + 2, json.Length);
        Assert.True(kind == SqlKind.NVarChar ? !json.AsSpan(1, length).ContainsAnyExcept('z') : !json.AsSpan(1, length / 3 * 4).ContainsAnyExcept('A'));
    }

    [Fact]
    public async Task Write_LargeValueOverTls_ComesWhole()
    {
        var text = string.Concat(Enumerable.Repeat("a\u4e16", 1_000_000));
        await using var server = await ScriptedServer.StartAsync(
            new ScriptedEngine([Body], [.. Enumerable.Repeat(new ScriptedRow(2, [1], text), 3)]), new SqlServerListenerOptions { Encryption = SqlEncryption.Required });

        var read = await server.ReadAsync(Both);

        Assert.Equal(3, read.Count);
        Assert.All(read, row => Assert.Equal(text, row.Data[9..^2]));
    }

    [Fact]
    public void Switch_InEveryExecutable_IsOff() =>
        Assert.True(AppContext.TryGetSwitch(SqlClientSwitches.CompatibilityProcessSni, out var compatible) && !compatible);

    [Theory]
    [InlineData(ReadMode.Auto)]
    [InlineData(ReadMode.Function)]
    public async Task Open_NoCommandId_ReadsThroughTheFunction(ReadMode mode)
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptedEngine([Id], [new(2, [1], 1)]) { HasCommandId = false });

        var read = Assert.Single(await server.ReadAsync(Both with { ReadMode = mode }));

        Assert.True(read.Event.Position.IsFunctionOrder);
    }

    [Fact]
    public async Task Open_NoCommandIdButChangeTableAskedFor_SaysWhatToRun()
    {
        await using var server = await ScriptedServer.StartAsync(new ScriptedEngine([Id], []) { HasCommandId = false });

        var error = await Assert.ThrowsAsync<TableNotReadyException>(() => server.ReadAsync(Both with { ReadMode = ReadMode.ChangeTable }));

        Assert.Contains("sp_vupgrade_replication", error.Remedy, StringComparison.Ordinal);
    }

    private static ulong Fnv(string text) => DStream.SqlServer.Json.Fnv.Add(DStream.SqlServer.Json.Fnv.Start, System.Text.Encoding.UTF8.GetBytes(text));
}
