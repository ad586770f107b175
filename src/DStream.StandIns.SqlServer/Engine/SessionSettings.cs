using DStream.StandIns.SqlServer.Sessions;

namespace DStream.StandIns.SqlServer.Engine;

/// <summary>The SET options of a session that change what it does.</summary>
internal sealed class SessionSettings
{
    public bool NoCount { get; set; }

    /// <summary>SET FMTONLY ON: queries return their columns and no rows, nothing is written.</summary>
    public bool FormatOnly { get; set; }

    public bool AbortOnError { get; set; }

    public bool ImplicitTransactions { get; set; }

    /// <summary>Milliseconds; -1 waits for ever.</summary>
    public int LockTimeout { get; set; } = -1;

    /// <summary>The first day of the week, from Monday (1) to Sunday (7); 7 is us_english's.</summary>
    public int DateFirst { get; set; } = 7;

    /// <summary>Told by @@TEXTSIZE; values are sent whole all the same.</summary>
    public int TextSize { get; set; } = int.MaxValue;

    /// <summary>SET ROWCOUNT; 0 is without a limit.</summary>
    public long RowCountLimit { get; set; }

    /// <summary>The fewer of a statement's own limit and of SET ROWCOUNT.</summary>
    public long Limit(long? own) => Math.Min(own ?? long.MaxValue, RowCountLimit > 0 ? RowCountLimit : long.MaxValue);

    public SqlIsolation Isolation { get; set; } = SqlIsolation.ReadCommitted;

    /// <summary>The table for which SET IDENTITY_INSERT is ON.</summary>
    public Storage.Table? IdentityInsert { get; set; }

    /// <summary>What <see cref="Load"/> makes the same settings of, but for <see cref="IdentityInsert"/> and FMTONLY.</summary>
    public byte[] Save()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(NoCount);
        writer.Write(AbortOnError);
        writer.Write(ImplicitTransactions);
        writer.Write(LockTimeout);
        writer.Write(DateFirst);
        writer.Write(TextSize);
        writer.Write(RowCountLimit);
        writer.Write((byte)Isolation);
        return bytes.ToArray();
    }

    public static SessionSettings Load(byte[] state)
    {
        using var reader = new BinaryReader(new MemoryStream(state));
        return new SessionSettings
        {
            NoCount = reader.ReadBoolean(),
            AbortOnError = reader.ReadBoolean(),
            ImplicitTransactions = reader.ReadBoolean(),
            LockTimeout = reader.ReadInt32(),
            DateFirst = reader.ReadInt32(),
            TextSize = reader.ReadInt32(),
            RowCountLimit = reader.ReadInt64(),
            Isolation = (SqlIsolation)reader.ReadByte(),
        };
    }
}
