namespace DStream.Core;

/// <summary>Cuts messages into batches by encoded bytes and count. Pure.</summary>
public static class BatchCutter
{
    /// <summary>
    /// How many of the leading messages go into the next batch: as many as fit, at least one, and never the image before an update without
    /// the one after it, unless the two alone are more than a batch takes. A message that fits no batch but is within
    /// <see cref="SendLimits.MaxMessageBytes"/> goes alone.
    /// </summary>
    /// <param name="contentBytes">Upper bounds of <see cref="OutboundMessage.ContentBytes"/>, in order.</param>
    /// <param name="operations">The operations, in the same order.</param>
    /// <param name="limits">What a send may hold.</param>
    /// <returns>0 where there is no message; -1 where the first one is too large for any send.</returns>
    public static int Take(ReadOnlySpan<int> contentBytes, ReadOnlySpan<ChangeOperation> operations, SendLimits limits)
    {
        if (contentBytes.IsEmpty) return 0;
        if ((long)contentBytes[0] + limits.FramingBytes > limits.MaxMessageBytes) return -1;

        long bytes = 0;
        var count = 0;
        while (count < contentBytes.Length)
        {
            var message = (long)contentBytes[count] + limits.FramingBytes;
            var ends = count >= limits.MaxBatchMessages || message > limits.MaxMessageBytes || bytes + message > limits.MaxBatchBytes;
            if (count > 0 && ends) break;
            bytes += message;
            count++;
        }

        var splitsPair = count > 1 && count < operations.Length && operations[count - 1] == ChangeOperation.UpdateBefore;
        return splitsPair ? count - 1 : count;
    }
}
