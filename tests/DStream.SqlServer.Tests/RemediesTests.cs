using DStream.Core;

namespace DStream.SqlServer.Tests;

public sealed class RemediesTests
{
    private readonly Remedies _remedies = new("my]db", "o'reader");

    private static readonly CaptureInstance Instance = new(new TableName("sa's", "t]1"), "in]st", Lsn.Max, "gate]keeper", [], []);

    [Fact]
    public void EnableTable_OddNames_IsAStatementThatRuns()
    {
        Assert.Equal(
            "USE [my]]db]; EXEC sys.sp_cdc_enable_table @source_schema = N'sa''s', @source_name = N't]1', @role_name = NULL;",
            _remedies.EnableTable(Instance.Table));
        Assert.Empty(Sql.ErrorsOf(_remedies.EnableTable(Instance.Table)));
    }

    [Fact]
    public void Grants_OddNames_AreStatementsThatRun()
    {
        string[] remedies = [_remedies.EnableDatabase, _remedies.ReadMetadata, _remedies.ReadChangeTable(Instance), _remedies.ReadFunction(Instance)];

        Assert.All(remedies, remedy => Assert.Empty(Sql.ErrorsOf(remedy)));
        Assert.Contains("ALTER ROLE [gate]]keeper] ADD MEMBER [o'reader];", _remedies.ReadFunction(Instance), StringComparison.Ordinal);
    }
}
