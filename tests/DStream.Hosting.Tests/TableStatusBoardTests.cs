using DStream.Core;

namespace DStream.Hosting.Tests;

public sealed class TableStatusBoardTests
{
    [Fact]
    public void Set_Table_ReturnsWhatItWasAndKeepsOneEach()
    {
        var board = new TableStatusBoard();
        var first = new TableStatus(new TableName("dbo", "Orders"), TableState.Standby);

        Assert.Null(board.Set(first));
        Assert.Null(board.Set(new TableStatus(new TableName("dbo", "Items"), TableState.Running)));
        Assert.Equal(first, board.Set(new TableStatus(new TableName("DBO", "orders"), TableState.Unhealthy, Problem: "gone")));

        Assert.Equal([TableState.Running, TableState.Unhealthy], board.Tables.Select(static status => status.State));
    }
}
