using Amqp;
using Amqp.Framing;
using Amqp.Types;
using DStream.StandIns.ServiceBus.Amqp;
using DStream.StandIns.ServiceBus.Broker;
using AmqpEncoder = Amqp.Types.Encoder;

namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>
/// The properties of one message for filters to read and actions to change. Decoded when first asked for; the body never is.
/// Names compare without regard to case. For one thread.
/// </summary>
internal sealed class MessageProperties(BrokerMessage message)
{
    private Properties? _system;
    private Dictionary<string, object?>? _user;
    private int _bodyFrom;

    public object? System(string name)
    {
        Decode();
        return name.ToUpperInvariant() switch
        {
            "CONTENTTYPE" => _system!.ContentType?.ToString(),
            "CORRELATIONID" => _system!.GetCorrelationId(),
            "LABEL" or "SUBJECT" => _system!.Subject,
            "MESSAGEID" => _system!.GetMessageId(),
            "REPLYTO" => _system!.ReplyTo,
            "REPLYTOSESSIONID" => _system!.ReplyToGroupId,
            "SESSIONID" => _system!.GroupId,
            "TO" => _system!.To,
            "PARTITIONKEY" => message.PartitionKey,
            "SCHEDULEDENQUEUETIMEUTC" => message.ScheduledEnqueueTime?.UtcDateTime,
            "SIZE" => (long)message.Bytes,
            _ => throw new FilterException($"The system property 'sys.{name}' does not exist."),
        };
    }

    public void SetSystem(string name, object? value)
    {
        Decode();
        var text = value?.ToString();
        switch (name.ToUpperInvariant())
        {
            case "CONTENTTYPE": _system!.ContentType = text is null ? null : new Symbol(text); break;
            case "CORRELATIONID": _system!.SetCorrelationId(text); break;
            case "LABEL" or "SUBJECT": _system!.Subject = text; break;
            case "MESSAGEID": _system!.SetMessageId(text); break;
            case "REPLYTO": _system!.ReplyTo = text; break;
            case "REPLYTOSESSIONID": _system!.ReplyToGroupId = text; break;
            case "SESSIONID": _system!.GroupId = text; break;
            case "TO": _system!.To = text; break;
            default: throw new FilterException($"The system property 'sys.{name}' does not exist, or cannot be changed.");
        }
    }

    public bool TryUser(string name, out object? value)
    {
        Decode();
        return _user!.TryGetValue(name, out value);
    }

    public void SetUser(string name, object? value)
    {
        Decode();
        _user![name] = value;
    }

    public void RemoveUser(string name)
    {
        Decode();
        _user!.Remove(name);
    }

    /// <summary>The message with its properties as they are now.</summary>
    public BrokerMessage ToMessage()
    {
        Decode();
        var user = new ApplicationProperties();
        foreach (var (name, value) in _user!) user.Map[name] = value;
        var buffer = new ByteBuffer(512 + message.Bare.Length, autoGrow: true);
        AmqpEncoder.WriteObject(buffer, _system!);
        AmqpEncoder.WriteObject(buffer, user);
        var body = message.Bare.Span[_bodyFrom..];
        buffer.ValidateWrite(body.Length);
        body.CopyTo(buffer.Buffer.AsSpan(buffer.WritePos));
        buffer.Append(body.Length);
        return message with
        {
            Bare = buffer.Buffer.AsMemory(buffer.Offset, buffer.Length),
            MessageId = _system!.GetMessageId()?.ToString(),
            SessionId = _system.GroupId,
        };
    }

    private void Decode()
    {
        if (_user is not null) return;

        _user = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
        try
        {
            DecodeSections(_user);
        }
        catch (Exception unreadable) when (unreadable is AmqpException or BrokerException or InvalidCastException or ArgumentException)
        {
            throw new FilterException($"The properties of the message cannot be read: {unreadable.Message}");
        }
    }

    private void DecodeSections(Dictionary<string, object?> user)
    {
        var reader = new EncodedReader(message.Bare.Span);
        while (!reader.AtEnd)
        {
            var from = reader.Position;
            var descriptor = reader.ReadDescriptor();
            if (descriptor > Sections.ApplicationProperties) break;

            reader.Skip();
            _bodyFrom = reader.Position;
            var section = AmqpEncoder.ReadObject(new ByteBuffer(message.Bare[from.._bodyFrom].ToArray(), 0, _bodyFrom - from, _bodyFrom - from));
            if (section is Properties properties) _system = properties;
            else if (section is ApplicationProperties own) foreach (var (key, value) in own.Map) user.TryAdd(key.ToString()!, value);
        }

        _system ??= new Properties();
    }
}
