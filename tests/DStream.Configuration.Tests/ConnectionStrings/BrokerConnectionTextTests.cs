using DStream.Configuration.ConnectionStrings;

namespace DStream.Configuration.Tests.ConnectionStrings;

public sealed class BrokerConnectionTextTests
{
    [Theory]
    [InlineData(Config.Bus)]
    [InlineData("Endpoint=sb://ns.servicebus.windows.net/")]
    [InlineData("endpoint=sb://localhost:5672;SharedAccessKeyName=k;SharedAccessKey=a==;UseDevelopmentEmulator=true;")]
    [InlineData("Endpoint=sb://ns.servicebus.windows.net/;SharedAccessSignature=SharedAccessSignature sr=x&sig=y&se=1&skn=z")]
    public void ServiceBus_Usable_IsAccepted(string text) => Assert.Null(ServiceBusConnectionText.Check(text));

    [Theory]
    [InlineData("hunter2", "not a list of Key=value; pairs")]
    [InlineData("SharedAccessKeyName=k;SharedAccessKey=hunter2", "has no Endpoint")]
    [InlineData("Endpoint=hunter2", "is no sb:// address")]
    [InlineData("Endpoint=https://ns.servicebus.windows.net/", "is no sb:// address")]
    [InlineData("Endpoint=sb://ns/;SharedAccessKey=hunter2", "SharedAccessKey without SharedAccessKeyName")]
    [InlineData("Endpoint=sb://ns/;SharedAccessKeyName=k;SharedAcessKey=hunter2", "SharedAccessKeyName without SharedAccessKey")]
    public void ServiceBus_Unusable_SaysWhyWithoutShowingIt(string text, string message) =>
        AssertProblem(message, ServiceBusConnectionText.Check(text));

    [Theory]
    [InlineData(Config.Blob)]
    [InlineData("UseDevelopmentStorage=true")]
    [InlineData("https://account.blob.core.windows.net")]
    [InlineData("BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=sv=1&sig=x")]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;")]
    public void Storage_Usable_IsAccepted(string text) => Assert.Null(StorageConnectionText.Check(text));

    [Theory]
    [InlineData("hunter2", "not a list of Key=value; pairs")]
    [InlineData("http://account.blob.core.windows.net", "never sent over http")]
    [InlineData("https://", "cannot be read")]
    [InlineData("AccountName=a;AccountKey=hunter2!", "AccountKey is not base64")]
    [InlineData("AccountName=a", "no account with a key")]
    [InlineData("AccountKey=a2V5", "no account with a key")]
    public void Storage_Unusable_SaysWhyWithoutShowingIt(string text, string message) =>
        AssertProblem(message, StorageConnectionText.Check(text));

    [Theory]
    [InlineData("amqp://u:p@h")]
    [InlineData("amqps://u:p%40@h:5671/a%2Fb")]
    public void RabbitMq_Usable_IsAccepted(string text) => Assert.Null(RabbitMqConnectionText.Check(text));

    [Theory]
    [InlineData("hunter2", "is no amqp:// address")]
    [InlineData("Endpoint=amqp://u:hunter2@h", "is no amqp:// address")]
    [InlineData("http://u:hunter2@h", "is no amqp:// address")]
    [InlineData("amqp://hunter2@h", "no user and password")]
    [InlineData("amqp://u:hunter2@h/a/b", "virtual host holds a slash")]
    [InlineData("amqp://u:hunter2@h?heartbeat=5", "query or a fragment")]
    public void RabbitMq_Unusable_SaysWhyWithoutShowingIt(string text, string message) =>
        AssertProblem(message, RabbitMqConnectionText.Check(text));

    private static void AssertProblem(string message, ConnectionStringProblem? problem)
    {
        Assert.NotNull(problem);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.NotEmpty(problem.Remedy);
        Assert.DoesNotContain("hunter", problem.ToString(), StringComparison.Ordinal);
    }
}
