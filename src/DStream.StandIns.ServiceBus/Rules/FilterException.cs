namespace DStream.StandIns.ServiceBus.Rules;

/// <summary>A filter or an action that cannot be evaluated for a message, such as a comparison of a text with a number.</summary>
internal sealed class FilterException(string message) : Exception(message);
