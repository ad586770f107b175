using System.Security.Cryptography;
using System.Text;

namespace DStream.Core;

/// <summary>
/// The MessageId of a change: a pure function of source table, start LSN, seqval and operation, which name a row uniquely in its change
/// table whichever way it was read (I5). Text: 16 hexadecimal digits for the table, the LSN, the seqval and the operation, joined by
/// hyphens; 60 ASCII characters.
/// </summary>
public sealed class MessageIdentity
{
    /// <summary>Bytes of a MessageId: 60. Service Bus takes 128.</summary>
    public const int Size = 16 + 1 + Lsn.TextLength + 1 + Lsn.TextLength + 1 + 1;

    private readonly byte[] _table;

    /// <summary>For one table. Names are compared as SQL Server's default collation does, without regard to case.</summary>
    public MessageIdentity(SourceTable table)
    {
        // U+0000 is the one separator that no identifier of SQL Server can hold, so that no two tables share a text.
        var name = $"{table.Server}\0{table.Database}\0{table.Table.Schema}\0{table.Table.Table}".ToUpperInvariant();
        _table = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 8)));
    }

    /// <summary>Writes the 60 bytes.</summary>
    public void Write(Span<byte> destination, ChangePosition position)
    {
        _table.CopyTo(destination);
        destination[16] = (byte)'-';
        position.StartLsn.TryFormat(destination[17..], out _, default, null);
        destination[37] = (byte)'-';
        position.SeqVal.TryFormat(destination[38..], out _, default, null);
        destination[58] = (byte)'-';
        destination[59] = (byte)('0' + (byte)position.Operation);
    }
}
