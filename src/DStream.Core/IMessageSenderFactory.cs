namespace DStream.Core;

/// <summary>Opens senders. Thread-safe.</summary>
public interface IMessageSenderFactory
{
    /// <summary>Opens a sender to an existing queue or topic.</summary>
    /// <exception cref="ProviderException">The entity is missing or may not be sent to, or the broker cannot be reached.</exception>
    ValueTask<IMessageSender> OpenSenderAsync(string entity, CancellationToken cancellationToken);
}
