[assembly: AssemblyFixture(typeof(BlobFixture))]
