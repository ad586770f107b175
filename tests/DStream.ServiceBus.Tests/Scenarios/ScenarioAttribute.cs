namespace DStream.ServiceBus.Tests.Scenarios;

/// <summary>The test has DStream's transport do what a scenario of tests/judges/service-bus has the official JavaScript SDK do.</summary>
/// <param name="title">The scenario's title.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ScenarioAttribute(string title) : Attribute
{
    public string Title { get; } = title;
}
