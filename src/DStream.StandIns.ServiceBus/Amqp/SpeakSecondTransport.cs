using Amqp;

namespace DStream.StandIns.ServiceBus.Amqp;

/// <summary>Holds back what is to be sent until something was received.</summary>
internal sealed class SpeakSecondTransport(IAsyncTransport inner) : IAsyncTransport
{
    private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void SetConnection(Connection connection) => inner.SetConnection(connection);

    public Task SendAsync(IList<ByteBuffer> bufferList, int listSize) =>
        _heard.Task.IsCompleted ? inner.SendAsync(bufferList, listSize) : SendLaterAsync(bufferList, listSize);

    public Task<int> ReceiveAsync(byte[] buffer, int offset, int count) =>
        _heard.Task.IsCompleted ? inner.ReceiveAsync(buffer, offset, count) : ReceiveFirstAsync(buffer, offset, count);

    public void Send(ByteBuffer buffer) => inner.Send(buffer);

    public int Receive(byte[] buffer, int offset, int count) => inner.Receive(buffer, offset, count);

    public void Close()
    {
        _heard.TrySetResult();
        inner.Close();
    }

    private async Task SendLaterAsync(IList<ByteBuffer> bufferList, int listSize)
    {
        await _heard.Task;
        await inner.SendAsync(bufferList, listSize);
    }

    private async Task<int> ReceiveFirstAsync(byte[] buffer, int offset, int count)
    {
        var received = await inner.ReceiveAsync(buffer, offset, count);
        _heard.TrySetResult();
        return received;
    }
}
