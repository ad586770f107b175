using DStream.Core;
using DStream.Sandbox.Verification;
using DStream.Sandbox.Workloads;

namespace DStream.Sandbox.Tests.Verification;

/// <summary>The verifier must see every way in which a delivery can be wrong.</summary>
public sealed class VerifierTests
{
    private static readonly TableName Table = new("dbo", "Persons");

    private static readonly IReadOnlyList<CommittedChange> Committed =
    [
        new(ChangeOperation.Insert, Row(1, version: 1), 0),
        new(ChangeOperation.Insert, Row(2, version: 1), 0),
        new(ChangeOperation.UpdateAfter, Row(1, version: 2), 1),
        new(ChangeOperation.Delete, Row(2, version: 1), 2),
        new(ChangeOperation.Insert, Row(2, version: 4), 3),
    ];

    [Fact]
    public void Compare_Same_IsClean()
    {
        var verdict = Compare(0, 1, 2, 3, 4);

        Assert.Equal(new Verdict(5, 0, 0, 0), verdict);
        Assert.True(verdict.IsClean);
        Assert.Equal("verified: 5 changes, 0 lost, 0 duplicated, 0 out of order", verdict.ToString());
    }

    [Fact]
    public void Compare_OtherOrderInsideOfAStatement_IsClean() => Assert.True(Compare(1, 0, 2, 3, 4).IsClean);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(4)]
    public void Compare_OneMissing_IsLost(int missing) =>
        Assert.Equal(new Verdict(5, 1, 0, 0), Compare([.. Enumerable.Range(0, 5).Where(i => i != missing)]));

    [Fact]
    public void Compare_Nothing_IsAllLost() => Assert.Equal(new Verdict(5, 5, 0, 0), Compare());

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Compare_OneTwice_IsDuplicated(int twice) => Assert.Equal(new Verdict(5, 0, 1, 0), Compare(0, 1, 2, 3, 4, twice));

    [Fact]
    public void Compare_NeverCommitted_IsDuplicated()
    {
        DeliveredChange[] delivered = [.. Delivered(0, 1, 2, 3, 4), new(Table, ChangeOperation.Insert, Row(9, version: 9), default)];

        Assert.Equal(new Verdict(5, 0, 1, 0), Verifier.Compare(Committed, delivered));
    }

    [Fact]
    public void Compare_Swapped_IsOutOfOrder() => Assert.Equal(new Verdict(5, 0, 0, 1), Compare(0, 1, 3, 2, 4));

    [Fact]
    public void Compare_FirstComesLast_IsOutOfOrder() => Assert.Equal(new Verdict(5, 0, 0, 1), Compare(1, 2, 3, 4, 0));

    [Fact]
    public void Compare_OtherValue_IsLost()
    {
        var delivered = Delivered(0, 1, 2, 3, 4);
        foreach (var wrong in Wrong(delivered[2].Row))
        {
            delivered[2] = delivered[2] with { Row = wrong };
            Assert.Equal(new Verdict(5, 1, 0, 0), Verifier.Compare(Committed, delivered));
        }
    }

    [Fact]
    public void Compare_OtherOperation_IsLostAndUnknown()
    {
        var delivered = Delivered(0, 1, 2, 3, 4);
        delivered[2] = delivered[2] with { Operation = ChangeOperation.Insert };

        Assert.Equal(new Verdict(5, 1, 1, 0), Verifier.Compare(Committed, delivered));
    }

    [Fact]
    public void Compare_AllTables_AddsUp()
    {
        var tables = SandboxTable.First(2);
        var (committed, delivered) = (new CommittedLog(keepChanges: true), new DeliveredLog(keepChanges: true));
        foreach (var table in tables) committed.Add(table.Name, [.. Committed]);
        for (var i = 0; i < 5; i++) delivered.Add(i + 1, new DeliveredChange(tables[0].Name, Committed[i].Operation, Committed[i].Row, default));

        Assert.Equal(new Verdict(10, 5, 0, 0), Verifier.Compare(tables, committed, delivered));
    }

    [Fact]
    public void DeliveredLog_SameMessageAgain_CountsOnceAndKeepsTheTopicsOrder()
    {
        var log = new DeliveredLog(keepChanges: true);
        var changes = Delivered(0, 2, 3);
        log.Add(3, changes[2]);
        log.Add(1, changes[0]);
        log.Add(2, changes[1]);

        log.Add(1, changes[0]);

        Assert.Equal(3, log.Count);
        Assert.Equal(changes, log.Of(Table));
    }

    private static Verdict Compare(params int[] delivered) => Verifier.Compare(Committed, Delivered(delivered));

    private static DeliveredChange[] Delivered(params int[] indexes) =>
        [.. indexes.Select(static i => new DeliveredChange(Table, Committed[i].Operation, Committed[i].Row, default))];

    private static SandboxRow Row(int id, long version) => new(id, "Diana", null, 1.25m, true, version);

    private static IEnumerable<SandboxRow> Wrong(SandboxRow row) =>
    [
        row with { FirstName = "diana" }, row with { LastName = "" }, row with { Balance = 1.26m }, row with { Active = false },
    ];
}
