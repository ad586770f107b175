[assembly: AssemblyFixture(typeof(SqlServerFixture))]
[assembly: AssemblyFixture(typeof(DStream.Corpus.Tests.CorpusRuns))]
