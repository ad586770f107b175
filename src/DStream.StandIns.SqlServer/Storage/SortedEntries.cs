namespace DStream.StandIns.SqlServer.Storage;

/// <summary>
/// Index entries in key order (then slot order), in chunks of a few hundred: inserts move half a chunk at most, seeks are two
/// binary searches. Guarded by the engine's gate.
/// </summary>
internal sealed class SortedEntries(KeyOrder order)
{
    private const int ChunkSize = 512;

    private readonly List<List<IndexEntry>> _chunks = [];

    public KeyOrder Order => order;

    public int Count { get; private set; }

    /// <summary>Changes with every insert and removal, so that a cursor knows when to seek again.</summary>
    public long Stamp { get; private set; }

    public void Add(IndexEntry entry)
    {
        Stamp++;
        Count++;
        if (_chunks.Count == 0)
        {
            _chunks.Add(new List<IndexEntry>(ChunkSize) { entry });
            return;
        }
        var (chunk, index) = After(entry.Key, entry.Slot.Id);
        if (chunk == _chunks.Count)
        {
            chunk--;
            index = _chunks[chunk].Count;
        }
        var list = _chunks[chunk];
        list.Insert(index, entry);
        if (list.Count > ChunkSize)
        {
            Split(chunk, index == list.Count - 1);
        }
    }

    public void Remove(IndexEntry entry)
    {
        var (chunk, index) = After(entry.Key, entry.Slot.Id - 1);
        while (chunk < _chunks.Count)
        {
            var list = _chunks[chunk];
            for (; index < list.Count; index++)
            {
                if (ReferenceEquals(list[index], entry))
                {
                    list.RemoveAt(index);
                    if (list.Count == 0)
                    {
                        _chunks.RemoveAt(chunk);
                    }
                    Stamp++;
                    Count--;
                    return;
                }
                if (order.Compare(list[index].Key, entry.Key) > 0)
                {
                    return;
                }
            }
            chunk++;
            index = 0;
        }
    }

    public IEnumerable<IndexEntry> Equal(object?[] key)
    {
        var (chunk, index) = After(key, long.MinValue);
        for (; chunk < _chunks.Count; chunk++, index = 0)
        {
            var list = _chunks[chunk];
            for (; index < list.Count; index++)
            {
                if (order.Compare(list[index].Key, key) != 0)
                {
                    yield break;
                }
                yield return list[index];
            }
        }
    }

    public IndexEntry? Find(object?[] key)
    {
        var (chunk, index) = After(key, long.MinValue);
        if (chunk == _chunks.Count)
        {
            return null;
        }
        var entry = _chunks[chunk][index];
        return order.Compare(entry.Key, key) == 0 ? entry : null;
    }

    /// <summary>The place of the first entry inside or above the range.</summary>
    public (int Chunk, int Index) Seek(in KeyRange range)
    {
        var low = range;
        var chunk = FirstChunk(last => low.Position(order, last.Key) < 0);
        if (chunk == _chunks.Count)
        {
            return (chunk, 0);
        }
        var list = _chunks[chunk];
        var (from, to) = (0, list.Count);
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (range.Position(order, list[middle].Key) < 0)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return (chunk, from);
    }

    /// <summary>The place after every entry up to this key and slot.</summary>
    public (int Chunk, int Index) After(object?[] key, long slot)
    {
        var chunk = FirstChunk(last => Compare(last, key, slot) <= 0);
        if (chunk == _chunks.Count)
        {
            return (chunk, 0);
        }
        var list = _chunks[chunk];
        var (from, to) = (0, list.Count);
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (Compare(list[middle], key, slot) <= 0)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return (chunk, from);
    }

    /// <summary>The entry at a place, moving the place on; null at the end.</summary>
    public IndexEntry? Next(ref int chunk, ref int index)
    {
        while (chunk < _chunks.Count)
        {
            var list = _chunks[chunk];
            if (index < list.Count)
            {
                return list[index++];
            }
            chunk++;
            index = 0;
        }
        return null;
    }

    public void Clear()
    {
        _chunks.Clear();
        Count = 0;
        Stamp++;
    }

    private int Compare(IndexEntry entry, object?[] key, long slot)
    {
        var side = order.Compare(entry.Key, key);
        return side != 0 ? side : entry.Slot.Id.CompareTo(slot);
    }

    private int FirstChunk(Func<IndexEntry, bool> isBelow)
    {
        var (from, to) = (0, _chunks.Count);
        while (from < to)
        {
            var middle = (from + to) >>> 1;
            if (isBelow(_chunks[middle][^1]))
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }
        return from;
    }

    // Keys that only grow fill their chunks: splitting those in half would leave every chunk half empty.
    private void Split(int chunk, bool atEnd)
    {
        var list = _chunks[chunk];
        var keep = atEnd ? ChunkSize : ChunkSize / 2;
        var upper = new List<IndexEntry>(ChunkSize + 1);
        upper.AddRange(list.Skip(keep));
        list.RemoveRange(keep, list.Count - keep);
        _chunks.Insert(chunk + 1, upper);
    }
}
