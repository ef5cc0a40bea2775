using System.Diagnostics.Metrics;

namespace Praetor.Runtime.Telemetry;

/// <summary>What the process tells of its memory and threads (config 8, runtime.*), in the terms of this runtime: goroutines are threads of the pool and work that waits for one. It does not count single objects.</summary>
public static class ProcessGauges
{
    /// <summary>Adds the instruments to a meter.</summary>
    public static void Create(Meter meter, string version)
    {
        meter.CreateObservableGauge("runtime.alloc_bytes", static () => GC.GetTotalMemory(forceFullCollection: false));
        meter.CreateObservableGauge("runtime.sys_bytes", static () => Environment.WorkingSet);
        meter.CreateObservableGauge("runtime.num_goroutines", static () => ThreadPool.ThreadCount + ThreadPool.PendingWorkItemCount);
        meter.CreateObservableGauge("runtime.total_gc_pause_ns", static () => (long)GC.GetTotalPauseDuration().TotalNanoseconds);
        Histogram<long> pauses = meter.CreateHistogram<long>("runtime.gc_pause_ns");
        long told = GC.CollectionCount(0);
        // Looked at with the gauges: a collection between two looks is told by the last one's pause.
        meter.CreateObservableGauge("runtime.total_gc_runs", () =>
        {
            long runs = GC.CollectionCount(0);
            if (Interlocked.Exchange(ref told, runs) != runs)
            {
                foreach (TimeSpan pause in GC.GetGCMemoryInfo(GCKind.Any).PauseDurations)
                    pauses.Record((long)pause.TotalNanoseconds);
            }

            return runs;
        });
        meter.CreateObservableGauge("version", () => new Measurement<long>(1, KeyValuePair.Create<string, object?>("version", version), KeyValuePair.Create<string, object?>("pre_release", "")));
    }
}
