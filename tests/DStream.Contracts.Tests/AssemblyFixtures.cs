using DStream.Contracts.Tests.SqlServer;

[assembly: AssemblyFixture(typeof(BlobFixture))]
[assembly: AssemblyFixture(typeof(RealSqlServer))]
