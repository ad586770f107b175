using System.Diagnostics;

namespace DStream.Benchmarks;

/// <summary>What a stretch of work cost this process, by the operating system's count.</summary>
internal sealed record Measurement(TimeSpan Wall, TimeSpan Cpu, long AllocatedBytes)
{
    internal static async Task<Measurement> OfAsync(Func<Task> work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (wall, cpu, allocated) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true));
        await work();
        return new Measurement(
            Stopwatch.GetElapsedTime(wall), Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }

    /// <summary>The one in the middle, by CPU.</summary>
    internal static Measurement Median(IEnumerable<Measurement> measurements)
    {
        var sorted = measurements.OrderBy(static m => m.Cpu).ToList();
        return sorted[sorted.Count / 2];
    }

    internal Measurement Plus(Measurement other) => new(Wall + other.Wall, Cpu + other.Cpu, AllocatedBytes + other.AllocatedBytes);
}
