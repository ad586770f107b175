using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>
/// The feature extensions that a login asks for and this server knows. <paramref name="RecoveredDatabase"/> is the database
/// of a connection that died and is being restored, else null.
/// </summary>
internal sealed record LoginFeatures(bool SessionRecovery, bool Utf8, bool Json, bool Vector, bool FederatedAuthentication, string? RecoveredDatabase)
{
    private const byte RecoveryId = 0x01, FederatedId = 0x02, Utf8Id = 0x0A, JsonId = 0x0D, VectorId = 0x0E, Terminator = 0xFF;

    public static LoginFeatures None { get; } = new(false, false, false, false, false, null);

    public static LoginFeatures Parse(ReadOnlySpan<byte> list)
    {
        var features = None;
        var reader = new ByteReader(list);
        for (var id = reader.Byte(); id != Terminator; id = reader.Byte())
        {
            var data = reader.Bytes(reader.Int32());
            features = id switch
            {
                RecoveryId => features with { SessionRecovery = true, RecoveredDatabase = data.IsEmpty ? null : DatabaseToRestore(data) },
                FederatedId => features with { FederatedAuthentication = true },
                Utf8Id => features with { Utf8 = true },
                JsonId => features with { Json = true },
                VectorId => features with { Vector = true },
                _ => features,
            };
        }
        return features;
    }

    /// <summary>FEATUREEXTACK, for the features asked for only.</summary>
    public void WriteAcknowledgement(ByteBuffer output)
    {
        if (this == None) return;
        output.Byte(0xAE);
        if (SessionRecovery)
        {
            output.Byte(RecoveryId);
            output.UInt32(0);
        }
        if (Utf8) Acknowledge(output, Utf8Id);
        if (Json) Acknowledge(output, JsonId);
        if (Vector) Acknowledge(output, VectorId);
        output.Byte(Terminator);
    }

    private static void Acknowledge(ByteBuffer output, byte id)
    {
        output.Byte(id);
        output.UInt32(1);
        output.Byte(1);
    }

    /// <summary>First the state after the login, then what changed since: an empty name there means no change.</summary>
    private static string DatabaseToRestore(ReadOnlySpan<byte> data)
    {
        var reader = new ByteReader(data);
        var initial = Database(new ByteReader(reader.Bytes(reader.Int32())));
        var changed = Database(new ByteReader(reader.Bytes(reader.Int32())));
        return changed.Length > 0 ? changed : initial;
    }

    private static string Database(ByteReader state) => state.Remaining == 0 ? "" : state.ByteString();
}
