using DStream.Core;

namespace DStream.SqlServer.Tests;

public sealed class PageStatementsTests
{
    private static readonly CaptureInstance Odd = new(
        new TableName("my schema", "or]der's"), "my in]stance", Lsn.Max, null,
        [new CapturedColumn("i d", 1, false), new CapturedColumn("a]b", 2, false)], ["i d"]);

    public static TheoryData<bool, bool, bool, UpdateImages> Plans => new MatrixTheoryData<bool, bool, bool, UpdateImages>(
        [true, false], [true, false], [true, false], [UpdateImages.After, UpdateImages.Both]);

    [Theory]
    [MemberData(nameof(Plans))]
    public void Text_EveryPlan_Parses(bool commandOrder, bool functionGuard, bool joinTimes, UpdateImages images)
    {
        var statements = new PageStatements(Odd, new ReadPlan(commandOrder, functionGuard, joinTimes, true, ""), images);

        Assert.Empty(Sql.ErrorsOf(statements.Text(inside: true)));
        Assert.Empty(Sql.ErrorsOf(statements.Text(inside: false)));
    }

    [Fact]
    public void Text_CommandOrder_OrdersByAllFourPartsAndQuotesNames()
    {
        var text = new PageStatements(Odd, new ReadPlan(true, true, true, true, ""), UpdateImages.Both).Text(inside: false);

        Assert.Contains("ORDER BY ct.[__$start_lsn], ct.[__$command_id], ct.[__$seqval], ct.[__$operation];", text, StringComparison.Ordinal);
        Assert.Contains("FROM [cdc].[my in]]stance_CT] AS ct", text, StringComparison.Ordinal);
        Assert.Contains("[cdc].[fn_cdc_get_all_changes_my in]]stance](@from, @to, N'all')", text, StringComparison.Ordinal);
        Assert.Contains(", ct.[i d], ct.[a]]b] FROM", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<> 3", text, StringComparison.Ordinal);
        Assert.EndsWith("SELECT sys.fn_cdc_get_min_lsn(@instance);\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_AfterImages_LeavesOutOperationThree()
    {
        var changeTable = new PageStatements(Odd, new ReadPlan(true, false, true, true, ""), UpdateImages.After);
        var function = new PageStatements(Odd, new ReadPlan(false, false, true, true, ""), UpdateImages.After);

        Assert.Contains("ct.[__$operation] <> 3", changeTable.Text(false), StringComparison.Ordinal);
        Assert.Contains("(@from, @to, N'all') AS ct", function.Text(false), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_FunctionOrder_NeverTouchesTheChangeTable()
    {
        var statements = new PageStatements(Odd, new ReadPlan(false, false, false, false, ""), UpdateImages.Both);

        Assert.DoesNotContain("_CT]", statements.Text(true) + statements.Text(false), StringComparison.Ordinal);
        Assert.DoesNotContain("lsn_time_mapping", statements.Text(true) + statements.Text(false), StringComparison.Ordinal);
        Assert.Equal(1, statements.RowSets(inside: true));
    }
}
