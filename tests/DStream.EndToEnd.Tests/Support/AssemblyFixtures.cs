[assembly: AssemblyFixture(typeof(BlobFixture))]
[assembly: AssemblyFixture(typeof(SqlServerFixture))]
[assembly: AssemblyFixture(typeof(ServiceBusFixture))]
[assembly: AssemblyFixture(typeof(RabbitMqFixture))]
