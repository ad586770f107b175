using Microsoft.Extensions.Time.Testing;

namespace DStream.Hosting.Tests;

public sealed class GracefulWorkTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandon = new();

    public void Dispose()
    {
        _stopping.Dispose();
        _abandon.Dispose();
    }

    [Fact]
    public void Token_Stopping_IsCancelledWhenTheGraceIsOver()
    {
        using var work = new GracefulWork(_time, _stopping.Token, _abandon.Token);
        _time.Advance(TimeSpan.FromHours(1));

        _stopping.Cancel();
        _time.Advance(GracefulWork.Grace - TimeSpan.FromMilliseconds(1));
        var before = work.Token.IsCancellationRequested;
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(before);
        Assert.True(work.Token.IsCancellationRequested);
    }

    [Fact]
    public void Token_Abandoned_IsCancelledAtOnce()
    {
        using var work = new GracefulWork(_time, _stopping.Token, _abandon.Token);

        _abandon.Cancel();

        Assert.True(work.Token.IsCancellationRequested);
    }

    [Fact]
    public void Token_BegunWhileStopping_HasItsGraceToo()
    {
        _stopping.Cancel();
        using var work = new GracefulWork(_time, _stopping.Token, _abandon.Token);

        Assert.False(work.Token.IsCancellationRequested);
        _time.Advance(GracefulWork.Grace);

        Assert.True(work.Token.IsCancellationRequested);
    }

    [Fact]
    public void Dispose_BeforeTheGraceIsOver_NeverCancels()
    {
        var work = new GracefulWork(_time, _stopping.Token, _abandon.Token);
        var token = work.Token;
        _stopping.Cancel();

        work.Dispose();
        work.Dispose();
        _time.Advance(GracefulWork.Grace);

        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public void Dispose_InsideOfItsOwnCancellation_Ends()
    {
        var work = new GracefulWork(_time, _stopping.Token, _abandon.Token);
        var cancelled = false;
        work.Token.Register(() =>
        {
            cancelled = true;
            work.Dispose();
        });

        _stopping.Cancel();
        _time.Advance(GracefulWork.Grace);

        Assert.True(cancelled);
    }
}
