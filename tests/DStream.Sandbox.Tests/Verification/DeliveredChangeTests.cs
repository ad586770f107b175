using DStream.Core;
using DStream.Sandbox.Verification;
using DStream.Sandbox.Workloads;

namespace DStream.Sandbox.Tests.Verification;

public sealed class DeliveredChangeTests
{
    [Fact]
    public void Parse_Message_ReadsRowAndOperation()
    {
        var change = DeliveredChange.Parse(
            """
            {"data":{"ID":7,"FirstName":"名前","LastName":null,"Balance":-12.50,"Active":true,"UpdatedAt":"2026-11-22T20:10:10.123","Version":9},
             "metadata":{"OperationID":4,"OperationType":"Update","TableName":"Orders","Schema":"sales"}}
            """u8.ToArray());

        Assert.Equal(new TableName("sales", "Orders"), change.Table);
        Assert.Equal(ChangeOperation.UpdateAfter, change.Operation);
        Assert.Equal(new SandboxRow(7, "名前", null, -12.50m, true, 9), change.Row);
        Assert.Equal(new DateTime(2026, 11, 22, 20, 10, 10, 123), change.UpdatedAt);
    }
}
