using DStream.StandIns.SqlServer.Wire.Packets;

namespace DStream.StandIns.SqlServer.Wire.Handshake;

/// <summary>
/// The feature extensions that a login asks for and this server knows. <paramref name="RecoveredDatabase"/> and
/// <paramref name="RecoveredState"/> are those of a connection that died and is being restored, else null.
/// </summary>
internal sealed record LoginFeatures(bool SessionRecovery, bool Utf8, bool Json, bool Vector, bool FederatedAuthentication, string? RecoveredDatabase, byte[]? RecoveredState)
{
    private const byte RecoveryId = 0x01, FederatedId = 0x02, Utf8Id = 0x0A, JsonId = 0x0D, VectorId = 0x0E, Terminator = 0xFF;

    public static LoginFeatures None { get; } = new(false, false, false, false, false, null, null);

    public static LoginFeatures Parse(ReadOnlySpan<byte> list)
    {
        var features = None;
        var reader = new ByteReader(list);
        for (var id = reader.Byte(); id != Terminator; id = reader.Byte())
        {
            var data = reader.Bytes(reader.Int32());
            features = id switch
            {
                RecoveryId => ToRestore(features with { SessionRecovery = true }, data),
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
            var position = output.Length;
            output.UInt32(0);
            if (RecoveredState is { } state)
            {
                // What was restored, so that the client can restore it once more.
                output.Byte(0);
                output.Byte((byte)state.Length);
                output.Bytes(state);
            }
            output.PatchUInt32(position);
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

    /// <summary>First the state after the login, then what changed since: what is empty there did not change.</summary>
    private static LoginFeatures ToRestore(LoginFeatures features, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return features;
        var reader = new ByteReader(data);
        var initial = Read(new ByteReader(reader.Bytes(reader.Int32())));
        var changed = Read(new ByteReader(reader.Bytes(reader.Int32())));
        return features with
        {
            RecoveredDatabase = changed.Database.Length > 0 ? changed.Database : initial.Database,
            RecoveredState = changed.State ?? initial.State,
        };
    }

    private static (string Database, byte[]? State) Read(ByteReader data)
    {
        if (data.Remaining == 0) return ("", null);
        var database = data.ByteString();
        data.Bytes(data.Byte());
        data.ByteString();
        byte[]? state = null;
        while (data.Remaining > 0)
        {
            var id = data.Byte();
            int length = data.Byte();
            var value = data.Bytes(length == byte.MaxValue ? data.Int32() : length);
            if (id == 0) state = value.ToArray();
        }
        return (database, state);
    }
}
