using DStream.Tests.Shared;

[assembly: AssemblyFixture(typeof(RabbitMqFixture))]
