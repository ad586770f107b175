using System.Text;
using DStream.Core;

namespace DStream.ServiceBus.Receiving;

/// <summary>Gives the messages of one table the same headers object, so that nothing is decoded or encoded anew for each. Not thread-safe.</summary>
internal sealed class HeaderCache
{
    private const int MaxEntries = 4096;

    private readonly Dictionary<int, Entry> _entries = [];

    public MessageHeaders Get(ReadOnlySpan<byte> subject, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> operationType, ReadOnlySpan<byte> tableName)
    {
        var hash = default(HashCode);
        hash.AddBytes(subject);
        hash.AddBytes(destination);
        hash.AddBytes(operationType);
        hash.AddBytes(tableName);
        var key = hash.ToHashCode();
        if (_entries.TryGetValue(key, out var entry) && subject.SequenceEqual(entry.Subject) && destination.SequenceEqual(entry.Destination)
            && operationType.SequenceEqual(entry.OperationType) && tableName.SequenceEqual(entry.TableName))
            return entry.Headers;

        if (_entries.Count >= MaxEntries) _entries.Clear();
        var headers = new MessageHeaders(Text(subject), Text(destination), Text(operationType), Text(tableName));
        _entries[key] = new Entry(headers, subject.ToArray(), destination.ToArray(), operationType.ToArray(), tableName.ToArray());
        return headers;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private sealed record Entry(MessageHeaders Headers, byte[] Subject, byte[] Destination, byte[] OperationType, byte[] TableName);
}
