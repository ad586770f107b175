using DStream.Core;
using DStream.Sandbox.Verification;
using DStream.Sandbox.Workloads;
using Microsoft.Extensions.Time.Testing;

namespace DStream.Sandbox.Tests;

/// <summary>What the sandbox shows of the messages.</summary>
public sealed class ScreenTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly Screen _screen;

    public ScreenTests() => _screen = new Screen(_output, new FakeTimeProvider());

    public void Dispose() => _output.Dispose();

    private string[] Lines => _output.ToString().Split(_output.NewLine, StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void Delivered_ManyMessages_ShowsTheFirstFour()
    {
        for (var i = 0; i < 6; i++) Deliver();

        Assert.Equal(4, Lines.Length);
        Assert.All(Lines, static line => Assert.EndsWith(" <- {}", line, StringComparison.Ordinal));
    }

    /// <summary>The consumers outlive the screen: a late message once stood behind the counts, which are the last line.</summary>
    [Fact]
    public async Task Delivered_AfterTheEnd_ShowsNothing()
    {
        Deliver();
        await _screen.RunAsync(new CommittedLog(keepChanges: false), new DeliveredLog(keepChanges: false), new CancellationToken(canceled: true));
        Deliver();

        Assert.Equal(2, Lines.Length);
        Assert.StartsWith("committed ", Lines[^1], StringComparison.Ordinal);
    }

    private void Deliver() => _screen.Delivered(
        new ReceivedMessage(new OutboundMessage("1"u8.ToArray(), null, null, default, null, "{}"u8.ToArray()), this),
        new DeliveredChange(new TableName("dbo", "Persons"), ChangeOperation.Insert, new SandboxRow(1, "Li", null, 1, true, 1), default));
}
