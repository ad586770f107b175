using DStream.Core;
using DStream.InMemory;

namespace DStream.Contracts.Tests.InMemory;

public sealed class InMemoryCheckpointStoreTests : CheckpointStoreContract
{
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    protected override ValueTask<ICheckpointStore> OpenAsync() => new(new InMemoryCheckpointStore());
}
