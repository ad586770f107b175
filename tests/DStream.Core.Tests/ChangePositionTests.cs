using CsCheck;

namespace DStream.Core.Tests;

public sealed class ChangePositionTests
{
    private static readonly Lsn First = Generators.LsnOf(1);
    private static readonly Lsn Second = Generators.LsnOf(2);

    [Fact]
    public void CompareTo_AnyThree_IsATotalOrder() =>
        Gen.Select(Generators.Position, Generators.Position, Generators.Position).Sample(static (a, b, c) =>
        {
            Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
            Assert.Equal(a == b, a.CompareTo(b) == 0);
            Assert.Equal(a < b, a.CompareTo(b) < 0);
            Assert.Equal(a > b, a.CompareTo(b) > 0);
            Assert.Equal(a <= b, a.CompareTo(b) <= 0);
            Assert.Equal(a >= b, a.CompareTo(b) >= 0);
            if (a <= b && b <= c) Assert.True(a <= c);
        });

    [Fact]
    public void CompareTo_EachPart_WeighsMoreThanAllAfterIt()
    {
        ChangePosition[] ascending =
        [
            ChangePosition.Start, ChangePosition.Before(First),
            new(First, ChangePosition.NoCommandId, Second, ChangeOperation.UpdateAfter), new(First, 0, Second, ChangeOperation.Insert),
            new(First, 1, First, ChangeOperation.Delete), new(First, 1, First, ChangeOperation.Insert),
            new(First, 1, First, ChangeOperation.UpdateBefore), new(First, 1, First, ChangeOperation.UpdateAfter),
            new(First, 1, Second, ChangeOperation.Delete), new(First, 2, First, ChangeOperation.Delete), ChangePosition.EndOf(First),
            ChangePosition.Before(Second), new(Second, 0, First, ChangeOperation.Delete), ChangePosition.EndOf(Second), ChangePosition.EndOf(Lsn.Max),
        ];

        Assert.Equal(ascending, ascending.Reverse().Order());
    }

    [Fact]
    public void EndOfAndBefore_AnyRow_EncloseIt() => Generators.Row.Sample(static row =>
        ChangePosition.Before(row.StartLsn) < row && row < ChangePosition.EndOf(row.StartLsn)
        && row < ChangePosition.Before(row.StartLsn.Next()) && ChangePosition.Start < row);

    [Fact]
    public void Kind_AnyPosition_IsExactlyOne() => Generators.Position.Sample(static position =>
        (position.IsInsideTransaction ? 1 : 0) + (position.IsEndOfTransaction ? 1 : 0) + (position.IsBeforeTransaction ? 1 : 0) == 1);

    [Fact]
    public void NextLsn_ByKind_IsTheFirstStillNeeded()
    {
        Assert.Equal(First.Next(), ChangePosition.EndOf(First).NextLsn);
        Assert.Equal(First, ChangePosition.Before(First).NextLsn);
        Assert.Equal(First, new ChangePosition(First, 3, First, ChangeOperation.Insert).NextLsn);
    }

    [Fact]
    public void ForOrder_SameOrder_KeepsThePosition() => Generators.Row.Sample(static row => row.ForOrder(row.IsFunctionOrder) == row);

    // I5a
    [Fact]
    public void ForOrder_OtherOrder_RestartsTheTransaction() =>
        Generators.Row.Sample(static row => row.ForOrder(!row.IsFunctionOrder) == ChangePosition.Before(row.StartLsn));

    [Fact]
    public void ForOrder_OutsideOfATransaction_KeepsThePosition() =>
        Gen.Select(Generators.Position, Gen.Bool).Sample(static (position, order) => position.IsInsideTransaction || position.ForOrder(order) == position);

    [Fact]
    public void ForOrder_AnyPosition_NeverSkips() =>
        Gen.Select(Generators.Position, Gen.Bool).Sample(static (position, order) => position.ForOrder(order) <= position);

    [Fact]
    public void ToString_ByKind_IsReadable()
    {
        Assert.Equal("end of 0000003600000b200001", ChangePosition.EndOf(First).ToString());
        Assert.Equal("before 0000003600000b200001", ChangePosition.Before(First).ToString());
        Assert.Equal("0000003600000b200001:7:0000003600000b200002:4", new ChangePosition(First, 7, Second, ChangeOperation.UpdateAfter).ToString());
        Assert.Equal(
            "0000003600000b200001:0000003600000b200002:2",
            new ChangePosition(First, ChangePosition.NoCommandId, Second, ChangeOperation.Insert).ToString());
    }
}
