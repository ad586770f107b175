[assembly: AssemblyFixture(typeof(RabbitMqFixture))]
