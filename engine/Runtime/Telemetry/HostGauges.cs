using System.Diagnostics.Metrics;
using System.Globalization;

namespace Praetor.Runtime.Telemetry;

/// <summary>What the machine tells of itself (config 8, host.*; telemetry.enable_host_metrics), read from /proc and from the disk of the data. What cannot be read is not told.</summary>
public static class HostGauges
{
    private static readonly string[] s_cpuParts = ["user", "nice", "system", "idle", "iowait"];

    /// <summary>Adds the instruments to a meter.</summary>
    /// <param name="meter">Where to.</param>
    /// <param name="dataDirectory">The disk to look at; empty for that of the root.</param>
    public static void Create(Meter meter, string dataDirectory)
    {
        Memory(meter, "total", static (total, _) => total);
        Memory(meter, "available", static (_, available) => available);
        Memory(meter, "used", static (total, available) => total - available);
        Memory(meter, "used_percent", static (total, available) => total > 0 ? 100 * (total - available) / total : 0);
        meter.CreateObservableGauge("host.uptime", static () => double.Parse(FirstWord("/proc/uptime"), CultureInfo.InvariantCulture));
        var cpu = new CpuShares();
        foreach (string part in s_cpuParts.Where(static part => part != "nice").Append("total"))
            meter.CreateObservableGauge($"host.cpu.{part}", () => cpu.Of(part));
        string path = dataDirectory.Length > 0 ? dataDirectory : "/";
        Disk(meter, path, "size", static disk => disk.TotalSize);
        Disk(meter, path, "used", static disk => disk.TotalSize - disk.TotalFreeSpace);
        Disk(meter, path, "available", static disk => disk.AvailableFreeSpace);
        Disk(meter, path, "used_percent", static disk => disk.TotalSize > 0 ? 100.0 * (disk.TotalSize - disk.TotalFreeSpace) / disk.TotalSize : 0);
    }

    private static void Memory(Meter meter, string name, Func<double, double, double> of) =>
        meter.CreateObservableGauge($"host.memory.{name}", () => of(Kibibytes("MemTotal:") * 1024, Kibibytes("MemAvailable:") * 1024));

    private static void Disk(Meter meter, string path, string name, Func<DriveInfo, double> of)
    {
        KeyValuePair<string, object?> label = KeyValuePair.Create<string, object?>("path", path);
        meter.CreateObservableGauge($"host.disk.{name}", () => new Measurement<double>(of(new DriveInfo(path)), label));
    }

    private static double Kibibytes(string key)
    {
        foreach (string line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
                return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }

        return 0;
    }

    private static string FirstWord(string file) => File.ReadAllText(file).Split(' ')[0];

    /// <summary>Percentages of the time since they were asked for before.</summary>
    private sealed class CpuShares
    {
        private readonly Dictionary<string, (long Part, long All)> _before = new(StringComparer.Ordinal);

        public double Of(string part)
        {
            long[] times = [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(static word => long.Parse(word, CultureInfo.InvariantCulture))];
            long all = times.Sum();
            long idle = times[Array.IndexOf(s_cpuParts, "idle")];
            long now = part == "total" ? all - idle : times[Array.IndexOf(s_cpuParts, part)];
            (long partBefore, long allBefore) = _before.GetValueOrDefault(part);
            _before[part] = (now, all);
            return all > allBefore ? 100.0 * (now - partBefore) / (all - allBefore) : 0;
        }
    }
}
