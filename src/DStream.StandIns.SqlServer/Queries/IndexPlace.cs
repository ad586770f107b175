using DStream.StandIns.SqlServer.Storage;

namespace DStream.StandIns.SqlServer.Queries;

/// <summary>A position in a range of an index that survives changes of it.</summary>
internal sealed class IndexPlace(TableIndex index, KeyRange range)
{
    private (int Chunk, int Index) _at;
    private long _stamp = -1;
    private IndexEntry? _last;

    public bool IsAtEnd { get; private set; }

    public void End() => IsAtEnd = true;

    public IndexEntry? Next()
    {
        if (_stamp != index.Entries.Stamp)
        {
            _at = _last is null ? index.Entries.Seek(range) : index.Entries.After(_last.Key, _last.Slot.Id);
            _stamp = index.Entries.Stamp;
        }
        var (chunk, position) = _at;
        var next = index.Entries.Next(ref chunk, ref position);
        _at = (chunk, position);
        IsAtEnd = next is null;
        _last = next ?? _last;
        return next;
    }
}
