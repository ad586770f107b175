using DStream.StandIns.SqlServer.Cdc;

namespace DStream.StandIns.SqlServer.Transactions;

/// <summary>
/// Hands out a database's log sequence numbers as a log writer does: slots inside a block, a new block after each commit at an
/// offset that depends on what the last one held, a new file now and then. Increasing, with gaps: adding one to a number of a
/// transaction does not give the number of the next.
/// </summary>
internal sealed class LogSequence
{
    private const uint FileBytes = 0x40000;
    private const ushort SlotsInBlock = 0x60;

    private uint _file = 0x24;
    private uint _block = 0x98;
    private ushort _slot;

    public Lsn Last { get; private set; }

    public LogPosition Save() => new(_file, _block, _slot, Last);

    public void Load(LogPosition position) => (_file, _block, _slot, Last) = position;

    /// <summary>The number of the next record.</summary>
    public Lsn Append()
    {
        if (_slot == SlotsInBlock)
        {
            CloseBlock();
        }
        Last = new Lsn(_file, _block, ++_slot);
        return Last;
    }

    /// <summary>The number of a commit record; it closes the block, since a commit flushes the log.</summary>
    public Lsn Commit()
    {
        var commit = Append();
        CloseBlock();
        return commit;
    }

    private void CloseBlock()
    {
        _block += 8 * (uint)(1 + (_slot / 5));
        _slot = 0;
        if (_block > FileBytes)
        {
            _file++;
            _block = 0x10;
        }
    }
}

/// <summary>Where a log stands.</summary>
internal readonly record struct LogPosition(uint File, uint Block, ushort Slot, Lsn Last);
