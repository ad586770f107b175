using Xunit.Sdk;
using Xunit.v3;

// Tests here kill, pause and block the one broker that they share.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(RabbitMqFixture))]
